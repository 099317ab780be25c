package registry

import "strings"

// AreaCode is a Kemendagri code such as "19.71.03.1004": province, kabupaten or kota, kecamatan, kelurahan or desa.
// The code alone gives an area's level and parent, so roll-up never needs a polygon. Codes sort bytewise.
type AreaCode string

// AreaLevel counts the parts of a code, 1 for a province to 4 for a kelurahan or desa.
type AreaLevel int

// The administrative levels, from the largest.
const (
	LevelProvinsi AreaLevel = iota + 1
	LevelKabupatenKota
	LevelKecamatan
	LevelKelurahan
)

var levelNames = [...]string{"", "PROVINSI", "KABUPATEN_KOTA", "KECAMATAN", "KELURAHAN"}

func (l AreaLevel) String() string {
	if l < LevelProvinsi || l > LevelKelurahan {
		return "UNKNOWN"
	}
	return levelNames[l]
}

// ParseAreaLevel reads the name of a level as the API spells it.
func ParseAreaLevel(s string) (AreaLevel, error) {
	for l := LevelProvinsi; l <= LevelKelurahan; l++ {
		if s == levelNames[l] {
			return l, nil
		}
	}
	return 0, Invalid("level", "%q is not a level; use PROVINSI, KABUPATEN_KOTA, KECAMATAN or KELURAHAN", s)
}

// codeLength is the length of a code per level: "19", "19.71", "19.71.03", "19.71.03.1004".
var codeLength = [...]int{0, 2, 5, 8, 13}

// ParseAreaCode checks s and returns it as a code. The province part is 11 to 99; the fourth part starts with 1 for a
// kelurahan and 2 for a desa.
func ParseAreaCode(s string) (AreaCode, error) {
	level := LevelProvinsi
	for level <= LevelKelurahan && codeLength[level] != len(s) {
		level++
	}
	if level > LevelKelurahan {
		return "", Invalid("code", "%q is not a Kemendagri area code; expected a form like 19.71.03.1004", s)
	}
	for i := range len(s) {
		if dot := i == 2 || i == 5 || i == 8; dot != (s[i] == '.') || (!dot && (s[i] < '0' || s[i] > '9')) {
			return "", Invalid("code", "%q is not a Kemendagri area code; expected a form like 19.71.03.1004", s)
		}
	}
	switch {
	case s[0] == '0' || s[:2] == "10":
		return "", Invalid("code", "%q has no such province: the first part is 11 to 99", s)
	case level >= LevelKabupatenKota && s[3:5] == "00", level >= LevelKecamatan && s[6:8] == "00":
		return "", Invalid("code", "%q has an empty part 00", s)
	case level == LevelKelurahan && (s[9] != '1' && s[9] != '2' || s[10:] == "000"):
		return "", Invalid("code", "%q: the fourth part starts with 1 (kelurahan) or 2 (desa)", s)
	}
	return AreaCode(s), nil
}

// Level is the number of parts of the code; 0 for a string that is no code.
func (c AreaCode) Level() AreaLevel {
	for l := LevelProvinsi; l <= LevelKelurahan; l++ {
		if len(c) == codeLength[l] {
			return l
		}
	}
	return 0
}

// At rolls the code up to level; "" when level is finer than the code.
func (c AreaCode) At(level AreaLevel) AreaCode {
	if level < LevelProvinsi || level > LevelKelurahan || codeLength[level] > len(c) {
		return ""
	}
	return c[:codeLength[level]]
}

// Parent is the code one level up; "" for a province.
func (c AreaCode) Parent() AreaCode { return c.At(c.Level() - 1) }

// Within tells whether c is ancestor or lies below it.
func (c AreaCode) Within(ancestor AreaCode) bool {
	return ancestor != "" && strings.HasPrefix(string(c), string(ancestor)) &&
		(len(c) == len(ancestor) || c[len(ancestor)] == '.')
}

// FeatureID is a number that is one to one with the code and fits a signed 32-bit integer, as map formats want it:
// a mixed-radix number of the four parts, where the fourth has 2 000 values (none, 1001–1999, 2001–2999).
func (c AreaCode) FeatureID() int32 {
	part := func(from, to int) (n int32) {
		for i := from; i < to && i < len(c); i++ {
			n = n*10 + int32(c[i]-'0')
		}
		return n
	}
	last := part(9, 13)
	if last > 0 {
		last -= 1000
	}
	return (((part(0, 2)-10)*100+part(3, 5))*100+part(6, 8))*2000 + last
}
