package ingest

import (
	"math"
	"strconv"
	"strings"

	"kantong/internal/registry"
)

// isUnknown tells whether a cell says that nothing was recorded.
func isUnknown(value string) bool {
	switch {
	case value == "" || value == "-":
		return true
	case len(value) > 4 || value[0]|0x20 != 'n':
		return false
	}
	switch strings.ToLower(value) {
	case "na", "n/a", "nan", "null":
		return true
	}
	return false
}

// parseCount reads a whole number from 0. Programs that know no missing whole numbers write 3 as 3.0.
func parseCount(value string) (n int64, reason string) {
	digits := strings.TrimSuffix(value, ".0")
	if len(digits) == 0 || len(digits) > 18 { // 18 digits fit 64 bits
		return 0, notAWholeNumber
	}
	for i := range len(digits) {
		c := digits[i] - '0'
		if c > 9 && i == 0 && digits[0] == '-' {
			if _, reason := parseCount(value[1:]); reason == "" {
				return 0, "is below zero"
			}
		}
		if c > 9 {
			return 0, notAWholeNumber
		}
		n = n*10 + int64(c)
	}
	return n, ""
}

// parseNumber reads a number with a decimal point, or with a decimal comma as Indonesian spreadsheets write it. A comma
// before exactly three digits could also group thousands; it is taken for a decimal comma only in a coordinate.
func parseNumber(value string, coordinate bool) (f float64, reason string) {
	if i := strings.IndexByte(value, ','); i >= 0 && strings.Count(value, ",") == 1 && strings.IndexByte(value, '.') < 0 {
		if !coordinate && len(value)-i-1 == 3 {
			return 0, "has a comma that may be decimal or group thousands; write a point or nothing"
		}
		value = value[:i] + "." + value[i+1:]
	}
	for i := range len(value) {
		if c := value[i]; (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, "is not a number"
		}
	}
	f, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(f, 0) {
		return 0, "is not a number"
	}
	return f, ""
}

func parseAnswer(value string) (a registry.Answer, reason string) {
	for range 2 { // as it is, then in small letters
		switch value {
		case "yes", "ya", "true", "1":
			return registry.Yes, ""
		case "no", "tidak", "false", "0":
			return registry.No, ""
		}
		value = strings.ToLower(value)
	}
	return registry.Unknown, "is not yes or no (ya, tidak, true, false, 1, 0)"
}

func parseSex(value string) (s registry.Sex, reason string) {
	switch strings.ToLower(value) {
	case "male", "m", "l", "laki-laki":
		return registry.SexMale, ""
	case "female", "f", "p", "perempuan":
		return registry.SexFemale, ""
	}
	return registry.SexUnknown, "is not male or female (laki-laki, perempuan, L, P, M, F)"
}

// Reasons that stand in more than one place.
const (
	notAWholeNumber  = "is not a whole number"
	isIdentityNumber = "looks like an identity number"
	isMissing        = "is missing"
)

// parseLabel reads an RW or RT: a short label, so that no address slips in.
func parseLabel(value string) (label, reason string) {
	if looksLikeIdentityNumber(value) {
		return "", isIdentityNumber
	}
	if len(value) > 16 {
		return "", "is longer than 16 characters"
	}
	for i := range len(value) {
		c := value[i]
		if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') && !strings.ContainsRune(" ./-", rune(c)) {
			return "", "has characters other than letters, digits, point, dash and slash"
		}
	}
	return strings.Clone(value), "" // the cell is a part of the whole row's text
}

// checkReason is what an error of registry says, without the value that it begins with.
func checkReason(err *registry.Error) string {
	_, reason, found := strings.Cut(err.Message, " is ")
	if !found {
		return err.Message
	}
	return "is " + reason
}
