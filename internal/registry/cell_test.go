package registry

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// TestNeutralCell: nothing that begins like a formula stays so, everything comes back as it was, and other texts are left alone.
func TestNeutralCell(t *testing.T) {
	for text, want := range map[string]string{"=1+1": "'=1+1", "+62": "'+62", "-3": "'-3", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1", "＝1": "'＝1", "'=1": "''=1", "": "", "'": "'", "O'Brien": "O'Brien", "a=b": "a=b", "'tis": "'tis"} {
		if got := NeutralCell(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("'=+-@＝ab\t\r1"))).Draw(t, "text")
		neutral := NeutralCell(text)
		if neutral != "" && strings.ContainsRune(formulaSigns, []rune(neutral)[0]) {
			t.Fatalf("%q becomes %q", text, neutral)
		}
		if back := PlainCell(neutral); back != text {
			t.Fatalf("%q becomes %q, and that %q", text, neutral, back)
		}
	})
}
