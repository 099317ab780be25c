package demo

import (
	"math"

	"kantong/internal/registry"
)

// practice is how a programme works out in the synthetic city.
type practice struct {
	code       string
	odds       float64 // log odds that an eligible household has got it
	leak       float64 // chance that one that is not eligible has got it, around the limit
	needsPupil bool    // not even by mistake without a child of school age
	firstYear  int     // of enrolments
	share      float64 // of households, for the made-up budget
}

// practices are in the order of programs.
var practices = []practice{
	{"AIR-BERSIH", 0.35, 0.010, false, 2023, 0.08},
	{"PBI-JKN", 1.9, 0.17, false, 2021, 0.55},
	{"PIP", 0.45, 0.05, true, 2024, 0.12},
	{"PKH", 0.75, 0.035, false, 2020, 0.25},
	{"RTLH", 0.35, 0.006, false, 2023, 0.03},
	{"SEMBAKO", 1.05, 0.14, false, 2020, 0.50},
}

const (
	rulesSource = "Rule and benefit as of mid-2025; the budget is made up for the demonstration"
	localSource = "Made up for the demonstration"
	programYear = 2025
)

// programs are six programmes by code, for a city of so many households.
func programs(households int) []registry.Program {
	list := []registry.Program{
		{Code: "AIR-BERSIH", Name: "CSR Sambungan Air Bersih", Pillar: registry.PillarHousing, Funder: "Forum CSR Kota (demonstrasi)",
			FunderKind: registry.FunderPrivate, UnitCostRupiah: rupiah(4_500_000), Source: localSource,
			Eligibility: registry.Filter{Decile: upTo(5), DeprivedIn: []registry.Deprivation{registry.UnsafeWater}}},
		{Code: "PBI-JKN", Name: "Penerima Bantuan Iuran Jaminan Kesehatan Nasional", Pillar: registry.PillarHealth, Funder: "Kementerian Kesehatan",
			FunderKind: registry.FunderGovernment, UnitCostRupiah: rupiah(2 * pbiRupiah), Source: rulesSource,
			Eligibility: registry.Filter{Decile: upTo(5)}},
		{Code: "PIP", Name: "Program Indonesia Pintar", Pillar: registry.PillarEducation, Funder: "Kementerian Pendidikan Dasar dan Menengah",
			FunderKind: registry.FunderGovernment, UnitCostRupiah: rupiah(pupilRupiah), Source: rulesSource,
			Eligibility: registry.Filter{Decile: upTo(4), SchoolAge: some()}},
		{Code: "PKH", Name: "Program Keluarga Harapan", Pillar: registry.PillarProtection, Funder: "Kementerian Sosial",
			FunderKind: registry.FunderGovernment, UnitCostRupiah: rupiah(2_600_000), Source: rulesSource,
			Eligibility: registry.Filter{Decile: upTo(4), Or: []registry.Filter{
				{Pregnant: some()}, {UnderFive: some()}, {SchoolAge: some()}, {Elderly: some()}, {Disabled: some()}}}},
		{Code: "RTLH", Name: "Rehabilitasi Rumah Tidak Layak Huni", Pillar: registry.PillarHousing, Funder: "Dinas Perumahan dan Kawasan Permukiman Kota",
			FunderKind: registry.FunderGovernment, UnitCostRupiah: rupiah(houseRupiah), Source: rulesSource,
			Eligibility: registry.Filter{Decile: upTo(4), DeprivedIn: []registry.Deprivation{registry.EarthFloor, registry.WeakWall, registry.UnfitRoof}}},
		{Code: "SEMBAKO", Name: "Bantuan Pangan Non Tunai (Sembako)", Pillar: registry.PillarProtection, Funder: "Kementerian Sosial",
			FunderKind: registry.FunderGovernment, UnitCostRupiah: rupiah(foodRupiah), Source: rulesSource,
			Eligibility: registry.Filter{Decile: upTo(5)}},
	}
	for i := range list {
		reached := int64(math.Ceil(practices[i].share * float64(households)))
		list[i].Year = programYear
		list[i].BudgetRupiah = rupiah(reached * *list[i].UnitCostRupiah)
	}
	return list
}

func rupiah(n int64) *int64 { return &n }

func upTo(decile int) *registry.IntRange {
	one := 1
	return &registry.IntRange{Min: &one, Max: &decile}
}

// some is at least one person.
func some() *registry.IntRange {
	one := 1
	return &registry.IntRange{Min: &one}
}

// eligible tells whether a rule of programs keeps the household: the conditions that those rules use, as the engines
// judge them.
func eligible(rule *registry.Filter, h *registry.Household) bool {
	if rule.Decile != nil && !rule.Decile.Contains(h.Decile) {
		return false
	}
	for k, r := range rule.Persons() {
		if r != nil && !r.Contains(h.Persons[k]) {
			return false
		}
	}
	if rule.DeprivedIn != nil && !anyOf(len(rule.DeprivedIn), func(i int) bool { return h.Deprived.Has(rule.DeprivedIn[i]) }) {
		return false
	}
	return rule.Or == nil || anyOf(len(rule.Or), func(i int) bool { return eligible(&rule.Or[i], h) })
}

func anyOf(n int, holds func(int) bool) bool {
	for i := range n {
		if holds(i) {
			return true
		}
	}
	return false
}
