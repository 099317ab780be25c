package storetest

import "kantong/internal/registry"

// measure fills a cell with the tallies of its households.
func (r *Reference) measure(cell *registry.Cell, q registry.SummaryQuery, in []*family) {
	tally := func(belongs func(*family) bool) (t registry.Tally) {
		for _, h := range in {
			if belongs(h) {
				t.Add(h.people(), h.Key)
			}
		}
		return t
	}
	tallies := func(n int, belongs func(i int, h *family) bool) []registry.Tally {
		out := make([]registry.Tally, n)
		for i := range out {
			out[i] = tally(func(h *family) bool { return belongs(i, h) })
		}
		return out
	}
	cell.Total = tally(func(*family) bool { return true })
	if q.Measures&registry.MeasureLocated != 0 {
		cell.Located = tally(func(h *family) bool { return h.Located })
	}
	if q.Measures&registry.MeasureDeciles != 0 {
		cell.Deciles = tallies(11, func(i int, h *family) bool { return decileOf(h) == i })
	}
	if q.Measures&registry.MeasureDeprivations != 0 {
		cell.Known = tallies(registry.DeprivationCount, func(i int, h *family) bool { return h.known.Has(registry.Deprivation(i)) })
		cell.Deprived = tallies(registry.DeprivationCount, func(i int, h *family) bool {
			return h.known.Has(registry.Deprivation(i)) && h.deprived.Has(registry.Deprivation(i))
		})
	}
	if q.Measures&registry.MeasurePrograms != 0 {
		cell.Enrolled = tallies(len(r.dataset.Programs), func(i int, h *family) bool { return h.active[r.dataset.Programs[i].Code] })
	}
	if q.Measures&registry.MeasurePersons != 0 {
		cell.Persons = make([]registry.Tally, registry.PersonKindCount)
		for kind := range cell.Persons {
			for _, h := range in {
				if h.Persons[kind] > 0 {
					cell.Persons[kind].Add(int64(h.Persons[kind]), h.Key)
				}
			}
		}
	}
	if q.Measures&registry.MeasureBenefits != 0 {
		cell.Benefits = make([]registry.Benefit, len(r.dataset.Programs))
		for i := range cell.Benefits {
			cell.Benefits[i] = benefit(r.dataset.Programs[i].Code, in)
		}
	}
	for _, line := range q.Lines {
		cell.Poverty = append(cell.Poverty, poverty(line, in))
	}
}

func benefit(program string, in []*family) (b registry.Benefit) {
	for _, h := range in {
		recorded := false
		for _, e := range h.enrolments {
			if e.Program == program && e.Status == registry.EnrolmentActive && e.Rupiah != registry.UnknownInt {
				recorded = true
				b.Rupiah += e.Rupiah
			}
		}
		if recorded { // once, however many enrolments it has
			b.Recorded.Add(h.people(), h.Key)
		}
	}
	return b
}

func poverty(line int64, in []*family) registry.Poverty {
	p := registry.Poverty{LineRupiah: line}
	for _, h := range in {
		if h.Expenditure == registry.UnknownInt || h.Members == registry.UnknownInt {
			continue
		}
		p.Base.Add(int64(h.Members), h.Key)
		p.MembersSquared += int64(h.Members) * int64(h.Members)
		if h.Expenditure < line {
			gap := line - h.Expenditure
			p.Poor.Add(int64(h.Members), h.Key)
			p.Gap += int64(h.Members) * gap
			p.GapSquared.AddProduct(uint64(h.Members)*uint64(gap), uint64(gap))
			share := uint64(registry.GapUnit * gap / line)
			p.GapFourth.AddProduct(uint64(h.Members), share*share*share*share)
		}
	}
	return p
}
