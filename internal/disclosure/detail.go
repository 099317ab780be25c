package disclosure

import (
	"slices"
	"strings"

	"kantong/internal/registry"
)

// lineStepRupiah is between the poverty lines that are published to everybody: a line slid along could find out what one
// family spends.
const lineStepRupiah = 50_000

// checkDetail refuses more attributes than a level bears, naming what was combined and the nearest question.
func (g *Guard) checkDetail(p *plan) error {
	finest, blocks := g.finest(p)
	if byHex := slices.ContainsFunc(p.query.By, func(d registry.Dimension) bool { return d.Kind == registry.ByHex }); byHex && g.role != registry.RolePartner {
		return limit("groupBy.hex", "%s: group by {area: KELURAHAN}; a partner's key is answered for hexagons", finerText(g.role))
	}
	for _, c := range p.question.conditions {
		if blocks && c.names != nil {
			return limit(c.path, "who came, who left and what became of them is answered for whole areas: leave regions, hexagons and pockets out")
		}
	}
	names := g.combined(p)
	most := attributes(g.role, finest, blocks)
	if len(names) <= most {
		return nil
	}
	field := ""
	if n := len(p.question.conditions); n > 0 {
		field = p.question.conditions[n-1].path
	}
	place, hint := "for kecamatan and above", "leave one out"
	switch {
	case blocks:
		place, hint = "for blocks (regions, hexagons, pockets)", "leave the others out, or ask for whole kelurahan"
	case finest == registry.LevelKelurahan:
		place = "for kelurahan"
		if g.role == registry.RolePartner {
			hint = "leave one out, or ask for kecamatan, where three are answered"
		}
	}
	number := [...]string{"no attribute", "one attribute", "two attributes", "three attributes"}[most]
	return limit(field, "%s at a time can be asked %s, and this combines %s: %s", number, place, strings.Join(names, ", "), hint)
}

// combined names the attributes of the finest cell that the query asks for.
func (g *Guard) combined(p *plan) []string {
	var names []string
	var kinds []attribute
	for _, c := range p.question.conditions {
		if c.names != nil {
			names, kinds = append(names, c.names...), append(kinds, c.attribute)
		} else if c.attribute.kind != 0 {
			names, kinds = append(names, g.name(c.attribute)), append(kinds, c.attribute)
		}
	}
	for _, d := range p.by {
		a, _ := bandOf(d, 0)
		if single := a.kind == decileAttribute || a.kind == sexAttribute; single && slices.Contains(kinds, a) {
			continue
		}
		kinds = append(kinds, a)
		names = append(names, map[registry.DimensionKind]string{registry.ByDecile: "decile", registry.BySex: "headSex",
			registry.ByProgram: "programme", registry.ByDeprivation: "deprivation"}[d.Kind])
	}
	for _, m := range []struct {
		measure registry.Measures
		kind    attributeKind
		name    string
	}{{registry.MeasureDeciles, decileAttribute, "decile (deciles)"}, {registry.MeasureDeprivations, deprivationAttribute, "deprivation (deprivations)"},
		{registry.MeasurePrograms, programAttribute, "programme (programs)"}, {registry.MeasurePersons, personsAttribute, "persons (composition)"}} {
		if p.query.Measures&m.measure != 0 && !(m.kind == decileAttribute && slices.Contains(kinds, attribute{kind: decileAttribute})) {
			return append(names, m.name) // each measure counts cells of its own: one more attribute, not several
		}
	}
	if len(p.query.Lines) > 0 {
		names = append(names, "poverty")
	}
	return names
}

// finest is the finest level of the areas that the query tells apart, and whether it goes below all of them.
func (g *Guard) finest(p *plan) (level registry.AreaLevel, blocks bool) {
	for _, list := range p.question.areas {
		for _, code := range list {
			level = max(level, code.Level())
		}
	}
	blocks = p.question.where != nil
	for _, d := range p.query.By {
		switch d.Kind {
		case registry.ByArea:
			level = max(level, d.Level)
		case registry.ByHex, byLeaf:
			blocks = true
		}
	}
	return level, blocks
}

// checkLines refuses poverty lines that are neither a published one nor a multiple of lineStepRupiah.
func (g *Guard) checkLines(lines []int64) error {
	for _, line := range lines {
		nearest, published := max(1, (line+lineStepRupiah/2)/lineStepRupiah)*lineStepRupiah, false
		for _, i := range g.data.Indicators {
			one := int64(i.Value)
			published = published || one == line
			if strings.Contains(i.Unit, "rupiah") && max(one-line, line-one) < max(nearest-line, line-nearest) {
				nearest = one
			}
		}
		if line%lineStepRupiah != 0 && !published {
			return limit("lineRupiah", "lines are answered in steps of %d rupiah, and those that a published statistic names; the nearest is %d", lineStepRupiah, nearest)
		}
	}
	return nil
}
