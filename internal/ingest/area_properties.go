package ingest

import (
	"encoding/json"
	"strings"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// The names under which boundary files met in the wild keep what is needed, in small letters, best first.
var (
	codeProperties = []string{"code", "kode", "kode_desa", "kode_kelurahan", "kode_kemendagri", "kode_kemdagri", "kdepum", "adm4_pcode",
		"kode_kecamatan", "kdcpum", "adm3_pcode", "kode_kabupaten", "kdpkab", "adm2_pcode", "kdppum", "adm1_pcode"}
	nameProperties = []string{"name", "nama"}
	bpsProperties  = []string{"bps_code", "kode_bps", "adm4_pcode", "adm3_pcode", "adm2_pcode", "adm1_pcode"}
	// levelNames are those that name the area of a level, be it the feature's own or one above it.
	levelNames = [registry.LevelKelurahan + 1][]string{
		registry.LevelProvinsi:      {"wadmpr", "adm1_en", "nama_provinsi", "provinsi"},
		registry.LevelKabupatenKota: {"wadmkk", "adm2_en", "nama_kabupaten_kota", "nama_kabupaten", "kabupaten", "kota"},
		registry.LevelKecamatan:     {"wadmkc", "adm3_en", "nama_kecamatan", "kecamatan"},
		registry.LevelKelurahan:     {"namobj", "wadmkd", "adm4_en", "nama_kelurahan", "nama_desa", "kelurahan", "desa"},
	}
)

// properties are a feature's, by name in small letters.
type properties map[string]string

func propertiesOf(f geo.Feature) properties {
	p := properties{}
	for name, value := range f.Properties {
		switch value := value.(type) {
		case string:
			p[strings.ToLower(name)] = strings.TrimSpace(value)
		case json.Number:
			p[strings.ToLower(name)] = value.String()
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
