package measure

import (
	"slices"
	"strings"

	"kantong/internal/registry"
	"kantong/internal/targeting"
)

// Described is a measure that an edition can show, in words for people.
type Described struct {
	Measure     Measure
	Code        string // of its own in an edition, and the same in others: "deprivation:UNSAFE_WATER"
	Indonesian  string
	English     string
	Unit        string // "share", or that of a published figure
	Orientation targeting.Orientation
	Pillar      *registry.Pillar // nil for none
}

// names of deprivations as a legend has them.
var names = [registry.DeprivationCount]struct{ indonesian, english string }{
	registry.HeadNotWorking:       {"Kepala keluarga tidak bekerja", "Head of the family does not work"},
	registry.NoWorkingMember:      {"Tidak ada anggota yang bekerja", "No member works"},
	registry.NoSavings:            {"Tanpa tabungan atau aset", "Neither savings nor assets"},
	registry.ChildOutOfSchool:     {"Anak usia sekolah tidak bersekolah", "Child out of school"},
	registry.NoNineYearsSchooling: {"Tidak ada orang dewasa tamat wajib belajar 9 tahun", "No adult with nine years of school"},
	registry.NoHealthInsurance:    {"Ada anggota tanpa jaminan kesehatan aktif", "Member without active health insurance"},
	registry.StuntedChild:         {"Ada balita stunting", "Stunted child"},
	registry.DisabledUnsupported:  {"Penyandang disabilitas tanpa bantuan", "Disabled member without support"},
	registry.EarthFloor:           {"Lantai tanah", "Earth floor"},
	registry.WeakWall:             {"Dinding tidak permanen", "Weak wall"},
	registry.UnfitRoof:            {"Atap tidak layak", "Unfit roof"},
	registry.Crowded:              {"Luas lantai kurang dari 7,2 m² per orang", "Less than 7.2 m² of floor a person"},
	registry.UnsafeWater:          {"Air minum tidak layak", "Unsafe drinking water"},
	registry.UnimprovedSanitation: {"Sanitasi tidak layak", "Unimproved sanitation"},
	registry.LowPower:             {"Tanpa listrik atau daya paling besar 450 VA", "No electricity, or 450 VA at most"},
	registry.SolidFuel:            {"Memasak dengan kayu bakar atau arang", "Cooks with wood or charcoal"},
	registry.Unserved:             {"Desil 1–4 tanpa program apa pun", "Decile 1–4 and in no programme"},
}

// List gives what areas can be compared by: the poorest deciles, every deprivation, every programme's exclusion error, and
// every published figure, in this order. A client needs no list of its own.
func List(d *registry.Dataset) []Described {
	poorest := 2
	list := []Described{{Measure: Measure{Share: &Share{Meeting: registry.Filter{Decile: &registry.IntRange{Max: &poorest}}}}, Code: "share:decile-1-2",
		Indonesian: "Keluarga desil 1–2", English: "Families of decile 1–2", Unit: "share", Orientation: targeting.MoreIsWorse}}
	for k := range registry.Deprivation(registry.DeprivationCount) {
		pillar := k.Pillar()
		list = append(list, Described{Measure{Deprivation: &k}, "deprivation:" + k.String(), names[k].indonesian, names[k].english, "share", targeting.MoreIsWorse, &pillar})
	}
	for i := range d.Programs {
		p := &d.Programs[i]
		list = append(list, Described{Measure{Exclusion: p.Code}, "exclusion:" + p.Code, p.Name + ": layak tetapi belum terjangkau", p.Name + ": eligible and not reached", "share", targeting.MoreIsWorse, &p.Pillar})
	}
	var codes []string
	for _, i := range d.Indicators {
		if slices.Contains(codes, i.Code) {
			continue
		}
		codes = append(codes, i.Code)
		label := strings.ReplaceAll(i.Code, "_", " ")
		list = append(list, Described{Measure{Indicator: &Indicator{Code: i.Code}}, "indicator:" + i.Code, label, label, i.Unit, targeting.MoreIsWorse, nil})
	}
	return list
}
