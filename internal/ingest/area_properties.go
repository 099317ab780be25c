package ingest

import (
	"strings"

	"kantong/internal/registry"
)

// The names under which boundary files met in the wild keep what is needed, in small letters, best first: this program's
// own, those of Kemendagri and city offices, of BIG (kdepum, wadmkd, namobj), of HDX (adm4_pcode) and of BPS (iddesa).
var (
	codeProperties = []string{"code", "kode", "kode_desa", "kode_kelurahan", "kode_kel_desa", "kode_desa_kelurahan", "kode_kemendagri", "kode_kemdagri", "kdepum", "adm4_pcode", "iddesa",
		"kode_kecamatan", "kdcpum", "adm3_pcode", "kode_kabupaten", "kdpkab", "adm2_pcode", "kdppum", "adm1_pcode"}
	nameProperties = []string{"name", "nama"}
	bpsProperties  = []string{"bps_code", "kode_bps", "kdebps", "iddesa", "adm4_pcode", "kdcbps", "adm3_pcode", "adm2_pcode", "adm1_pcode"}
	// levelNames are those that name the area of a level, be it the feature's own or one above it.
	levelNames = [registry.LevelKelurahan + 1][]string{
		registry.LevelProvinsi:      {"wadmpr", "adm1_en", "adm1_name", "nama_provinsi", "nmprov", "provinsi"},
		registry.LevelKabupatenKota: {"wadmkk", "adm2_en", "adm2_name", "nama_kabupaten_kota", "nama_kabupaten", "nmkab", "kab_kota", "kabupaten", "kota"},
		registry.LevelKecamatan:     {"wadmkc", "adm3_en", "adm3_name", "nama_kecamatan", "nmkec", "kecamatan"},
		registry.LevelKelurahan:     {"namobj", "wadmkd", "adm4_en", "adm4_name", "nama_kelurahan", "nama_desa", "nmdesa", "desa_kelurahan", "kelurahan", "desa"},
	}
)

// dbfNameLength is how long the name of a column of a Shapefile can be.
const dbfNameLength = 10

// uncut gives the names known by what a Shapefile leaves of them, if that is not all.
var uncut = func() map[string][]string {
	whole := map[string][]string{}
	for _, names := range append(levelNames[:], codeProperties, bpsProperties, []string{"parent_name"}) {
		for _, name := range names {
			if len(name) > dbfNameLength {
				whole[name[:dbfNameLength]] = append(whole[name[:dbfNameLength]], name)
			}
		}
	}
	return whole
}()

// properties are a feature's, by name in small letters.
type properties map[string]string

// propertiesOf reads names in any writing, also those that were cut in a Shapefile once.
func propertiesOf(given map[string]string) properties {
	p := properties{}
	for name, value := range given {
		p[strings.ToLower(name)] = strings.TrimSpace(value)
	}
	for cut, names := range uncut {
		if value := p[cut]; value != "" {
			for _, name := range names {
				if p[name] == "" {
					p[name] = value
				}
			}
		}
	}
	return p
}

// first gives the first of the properties that is not empty, and its name.
func (p properties) first(names []string) (name, value string) {
	for _, name := range names {
		if value := p[name]; value != "" {
			return name, value
		}
	}
	return "", ""
}

// code finds the feature's code.
func (p properties) code(g *gazetteer) (code registry.AreaCode, fromBPS bool, property, value, reason string) {
	property, value = p.first(codeProperties)
	if value == "" {
		return "", false, "code", "", isMissing
	}
	whole := value
	if property == "kdepum" && len(value) == 4 { // the fourth part alone
		whole = p["kdcpum"] + "." + value
	}
	code, fromBPS, reason = g.resolve(whole)
	return code, fromBPS, property, value, reason
}

// name gives what the file calls the feature itself.
func (p properties) name(level registry.AreaLevel) string {
	if _, name := p.first(nameProperties); name != "" {
		return name
	}
	if _, name := p.first(levelNames[level]); name != "" {
		return name
	}
	return p["namobj"]
}

// nameAbove gives what the file calls the area of a level above the feature's.
func (p properties) nameAbove(own, level registry.AreaLevel) string {
	if _, name := p.first(levelNames[level]); name != "" {
		return name
	}
	if level == own-1 {
		return p["parent_name"]
	}
	return ""
}

// bpsCode gives the feature's BPS code, "" if the file has none.
func (p properties) bpsCode() string {
	_, code := p.first(bpsProperties)
	return strings.TrimPrefix(strings.ToUpper(code), "ID")
}
