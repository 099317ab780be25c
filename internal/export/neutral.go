package export

import "strings"

// formulaSigns are what spreadsheets take for the beginning of a formula, in their wide forms, too, or drop before one.
const formulaSigns = "=+-@\t\r\n＝＋－＠"

// Neutral is a text that no spreadsheet carries out: one that begins like a formula gets an apostrophe before it. So does one
// that begins with apostrophes before such a sign, so that imports can take one away and have the text as it was.
func Neutral(text string) string {
	if rest := strings.TrimLeft(text, "'"); rest != "" && strings.ContainsRune(formulaSigns, []rune(rest[:min(len(rest), 4)])[0]) {
		return "'" + text
	}
	return text
}
