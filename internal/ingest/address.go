package ingest

import (
	"regexp"
	"strconv"
	"strings"
)

// How addresses name RT and RW: "RT 003 RW 01", "RT.3/RW.1", "rt03rw01", "RT/RW 003/001", "R.T. 3", "RT 003/001"; or "003/001" alone.
var (
	bareAddress   = regexp.MustCompile(`^\s*0*(\d{1,3})\s*/\s*0*(\d{1,3})\s*$`)
	bothOfAddress = regexp.MustCompile(`(?i)(?:^|[^a-z])r\.?t\.?\s*[/\-.&]?\s*r\.?w\.?\s*[:.]?\s*0*(\d{1,3})\s*[/\-,.]\s*0*(\d{1,3})(?:\D|$)`)
	pairOfAddress = regexp.MustCompile(`(?i)(?:^|[^a-z])r\.?t\.?\s*[:.\-]?\s*0*(\d{1,3})\s*/\s*0*(\d{1,3})(?:\D|$)`)
	rtOfAddress   = regexp.MustCompile(`(?i)(?:^|[^a-z])r\.?t\.?\s*[:.\-/]?\s*0*(\d{1,3})(?:\D|$)`)
	rwOfAddress   = regexp.MustCompile(`(?i)(?:^|[^a-z])r\.?w\.?\s*[:.\-/]?\s*0*(\d{1,3})(?:\D|$)`)
)

// maxAddress is how many bytes of an address are looked through.
const maxAddress = 500

// rtRW takes RT and RW from an address, as three digits; "" for what it doesn't say, or says twice differently.
func rtRW(address string) (rt, rw string) {
	address = address[:min(len(address), maxAddress)]
	if found := bareAddress.FindStringSubmatch(address); found != nil {
		return threeDigits(found[1]), threeDigits(found[2])
	}
	if !strings.ContainsAny(address, "rR") {
		return "", ""
	}
	for _, form := range []*regexp.Regexp{bothOfAddress, pairOfAddress} {
		if found := form.FindStringSubmatch(address); found != nil {
			return threeDigits(found[1]), threeDigits(found[2])
		}
	}
	only := func(form *regexp.Regexp) string {
		number := ""
		for _, found := range form.FindAllStringSubmatch(address, 3) {
			if n := threeDigits(found[1]); number != "" && n != number {
				return ""
			} else {
				number = n
			}
		}
		return number
	}
	return only(rtOfAddress), only(rwOfAddress)
}

// threeDigits writes a number as cards do; "" for 0, which stands for none.
func threeDigits(number string) string {
	n, err := strconv.Atoi(number)
	if err != nil || n == 0 {
		return ""
	}
	return strings.Repeat("0", 3-len(strconv.Itoa(n))) + strconv.Itoa(n)
}
