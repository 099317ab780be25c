package ingest

import (
	"slices"
	"strings"

	"kantong/internal/registry"
)

// gazetteer finds known areas by any of their codes.
type gazetteer struct {
	byCode map[registry.AreaCode]*KnownArea
	digits map[string]registry.AreaCode // Kemendagri codes without dots
	bps    map[string]registry.AreaCode
}

func newGazetteer(known []KnownArea) *gazetteer {
	g := &gazetteer{map[registry.AreaCode]*KnownArea{}, map[string]registry.AreaCode{}, map[string]registry.AreaCode{}}
	for i := range known {
		k := &known[i]
		g.byCode[k.Code] = k
		g.digits[strings.ReplaceAll(string(k.Code), ".", "")] = k.Code
		if k.BPSCode != "" {
			g.bps[k.BPSCode] = k.Code
		}
	}
	return g
}

// resolve reads a code as boundary files write it: a Kemendagri code with or without dots, a BPS code, or a BPS code
// after "ID". Both kinds have ten digits without dots, so that such a code counts only if the gazetteer knows it, and as one
// of the two.
func (g *gazetteer) resolve(text string) (code registry.AreaCode, fromBPS bool, reason string) {
	if code, err := registry.ParseAreaCode(text); err == nil {
		return code, false, ""
	}
	digits, isBPS := strings.CutPrefix(strings.ToUpper(text), "ID")
	byBPS, asBPS := g.bps[digits]
	own, asOwn := g.digits[digits]
	switch {
	case isBPS && !asBPS:
		return "", false, "is not a BPS code of the gazetteer"
	case !asBPS && !asOwn:
		return "", false, "is not an area code such as 19.71.03.1004, nor a code of the gazetteer"
	case !isBPS && asBPS && asOwn && byBPS != own:
		return "", false, "is the BPS code of one area and the Kemendagri code of another; write the latter with dots"
	case asBPS:
		return byBPS, true, ""
	}
	return own, false, ""
}

// name is the proper name of an area that a file calls name: the gazetteer's, if what the file has is a spelling of it.
// same is false when the gazetteer calls the area something else.
func (g *gazetteer) name(code registry.AreaCode, name string) (proper string, same bool) {
	k := g.byCode[code]
	switch {
	case k == nil:
		return name, true
	case name == "" || plainName(name) == plainName(k.Name):
		return k.Name, true
	case !slices.ContainsFunc(k.Spellings, func(s string) bool { return plainName(s) == plainName(name) }) || g.isSibling(code, name):
		return name, false
	}
	return k.Name, true
}

// isSibling tells whether name is the proper name of another area of the same parent: a spelling from a source that
// swapped labels.
func (g *gazetteer) isSibling(code registry.AreaCode, name string) bool {
	for other, k := range g.byCode {
		if other != code && other.Parent() == code.Parent() && plainName(k.Name) == plainName(name) {
			return true
		}
	}
	return false
}
