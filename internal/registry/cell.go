package registry

import (
	"strings"
	"unicode/utf8"
)

// formulaSigns are what spreadsheets take for the beginning of a formula, in their wide forms, too, or drop before one.
const formulaSigns = "=+-@\t\r\n＝＋－＠"

// NeutralCell is a text that no spreadsheet carries out: one that begins like a formula gets an apostrophe before it. So does one
// that begins with apostrophes before such a sign, so that PlainCell gives back every text as it was.
func NeutralCell(text string) string {
	if likeFormula(text) {
		return "'" + text
	}
	return text
}

// PlainCell takes away the apostrophe that NeutralCell added.
func PlainCell(text string) string {
	if strings.HasPrefix(text, "'") && likeFormula(text) {
		return text[1:]
	}
	return text
}

func likeFormula(text string) bool {
	rest := strings.TrimLeft(text, "'")
	first, _ := utf8.DecodeRuneInString(rest)
	return rest != "" && strings.ContainsRune(formulaSigns, first)
}
