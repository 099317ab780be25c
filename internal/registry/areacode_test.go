package registry

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestParseAreaCode(t *testing.T) {
	for text, level := range map[string]AreaLevel{"19": LevelProvinsi, "11": LevelProvinsi, "99": LevelProvinsi, "19.71": LevelKabupatenKota,
		"19.71.03": LevelKecamatan, "19.71.03.1004": LevelKelurahan, "19.05.11.2001": LevelKelurahan, "19.71.03.1999": LevelKelurahan} {
		code, err := ParseAreaCode(text)
		if err != nil || code != AreaCode(text) || code.Level() != level {
			t.Errorf("%q: %q of level %s, error %v; want level %s", text, code, code.Level(), err, level)
		}
	}
	for _, text := range []string{"", "1", "09", "10", "00", "1a", "19.", "19.7", "19.00", "19-71", "1971", "19.71.3", "19.71.00", "19.71.03.",
		"19.71.03.104", "19.71.03.0004", "19.71.03.3001", "19.71.03.1000", "19.71.03.2000", "19.71.03.10045", " 19", "19 ", "19.71.03x1004", "１９"} {
		if code, err := ParseAreaCode(text); code != "" || CodeOf(err) != CodeBadUserInput || fieldOf(err) != "code" {
			t.Errorf("%q: %q, error %v", text, code, err)
		}
	}
}

func TestAreaCodeFamily(t *testing.T) {
	const kelurahan AreaCode = "19.71.03.1004"
	for level, want := range map[AreaLevel]AreaCode{-1: "", 0: "", 1: "19", 2: "19.71", 3: "19.71.03", 4: kelurahan, 5: ""} {
		if got := kelurahan.At(level); got != want {
			t.Errorf("at level %d: %q, want %q", level, got, want)
		}
	}
	if got := AreaCode("19.71").At(LevelKelurahan); got != "" {
		t.Errorf("a kota at the level of kelurahan is %q", got)
	}
	for code, want := range map[AreaCode]AreaCode{kelurahan: "19.71.03", "19.71.03": "19.71", "19.71": "19", "19": "", "": ""} {
		if got := code.Parent(); got != want {
			t.Errorf("parent of %q: %q, want %q", code, got, want)
		}
	}
	for _, c := range []struct {
		code, ancestor AreaCode
		want           bool
	}{{kelurahan, kelurahan, true}, {kelurahan, "19.71.03", true}, {kelurahan, "19.71", true}, {kelurahan, "19", true}, {kelurahan, "19.71.04", false},
		{"19.71.03", kelurahan, false}, {kelurahan, "", false}, {"", "", false}, {kelurahan, "1", false}, {kelurahan, "19.7", false}} {
		if got := c.code.Within(c.ancestor); got != c.want {
			t.Errorf("%q within %q: %v", c.code, c.ancestor, got)
		}
	}
}

func TestAreaLevels(t *testing.T) {
	for l := LevelProvinsi; l <= LevelKelurahan; l++ {
		if got, err := ParseAreaLevel(l.String()); err != nil || got != l {
			t.Errorf("%s: %v, error %v", l, got, err)
		}
	}
	for _, text := range []string{"", "kelurahan", "UNKNOWN", "RT"} {
		if _, err := ParseAreaLevel(text); CodeOf(err) != CodeBadUserInput {
			t.Errorf("%q: error %v", text, err)
		}
	}
}

// anyCode draws a valid code of any level.
func anyCode(t *rapid.T) AreaCode {
	level := rapid.IntRange(1, 4).Draw(t, "level")
	code := fmt.Sprintf("%02d.%02d.%02d.%d%03d", rapid.IntRange(11, 99).Draw(t, "province"), rapid.IntRange(1, 99).Draw(t, "kota"),
		rapid.IntRange(1, 99).Draw(t, "kecamatan"), rapid.IntRange(1, 2).Draw(t, "kind"), rapid.IntRange(1, 999).Draw(t, "kelurahan"))
	return AreaCode(code).At(AreaLevel(level))
}

// codeOfFeature undoes FeatureID, which proves that no two codes share a number.
func codeOfFeature(id int32) AreaCode {
	last, rest := id%2000, id/2000
	kecamatan, kota, province := rest%100, rest/100%100, rest/10000+10
	switch {
	case last > 0:
		return AreaCode(fmt.Sprintf("%02d.%02d.%02d.%04d", province, kota, kecamatan, last+1000))
	case kecamatan > 0:
		return AreaCode(fmt.Sprintf("%02d.%02d.%02d", province, kota, kecamatan))
	case kota > 0:
		return AreaCode(fmt.Sprintf("%02d.%02d", province, kota))
	}
	return AreaCode(fmt.Sprintf("%02d", province))
}

func TestFeatureIDIsOneToOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := anyCode(t)
		if _, err := ParseAreaCode(string(code)); err != nil {
			t.Fatal(err)
		}
		if id := code.FeatureID(); id <= 0 || codeOfFeature(id) != code {
			t.Fatalf("%s has the number %d, which is that of %s", code, id, codeOfFeature(id))
		}
	})
	seen := map[int32]AreaCode{}
	for _, kind := range []int{1, 2} {
		for n := 1; n <= 999; n++ {
			code := AreaCode(fmt.Sprintf("99.99.99.%d%03d", kind, n)) // the largest numbers
			id := code.FeatureID()
			if other, twice := seen[id]; twice || id <= 0 || id == math.MaxInt32 {
				t.Fatalf("%s has the number %d, as has %q", code, id, other)
			}
			seen[id] = code
		}
	}
}

// fieldOf is the field of an Error, "" for any other.
func fieldOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Field
	}
	return ""
}
