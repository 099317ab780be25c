package storetest

import (
	"slices"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Matches tells whether a filter keeps a household that has these enrolments. The filter must have passed CheckFilter.
func Matches(d *registry.Dataset, f registry.Filter, h registry.Record, enrolments []registry.Enrolment) bool {
	r := NewReference(d, []registry.Record{h}, enrolments)
	return matches(d, &f, &r.households[0])
}

func matches(d *registry.Dataset, f *registry.Filter, h *family) bool {
	holds := []bool{
		f.Areas == nil || inAnyArea(f.Areas, h.Area),
		f.Where == nil || h.Located && inRegion(f.Where, h),
		f.Decile == nil || inRange(f.Decile, h.Decile),
		f.Members == nil || inRange(f.Members, h.Members),
		f.DeprivedIn == nil || deprivedInAny(f.DeprivedIn, h),
		f.NotDeprivedIn == nil || deprivedInNone(f.NotDeprivedIn, h),
		f.KnownIn == nil || knownInAll(f.KnownIn, h),
		f.Score == nil || reaches(f.Score, h),
		f.EnrolledIn == nil || enrolledInAny(f.EnrolledIn, h),
		f.NotEnrolledIn == nil || !enrolledInAny(f.NotEnrolledIn, h),
		f.EligibleFor == "" || eligible(d, f.EligibleFor, h),
		f.HeadSex == registry.SexUnknown || h.HeadSex == f.HeadSex,
		f.Geocoded == nil || h.Located == *f.Geocoded,
		f.RT == nil || h.RT == *f.RT,
		f.RW == nil || h.RW == *f.RW,
		f.UnderFive == nil || inRange(f.UnderFive, h.Persons[registry.UnderFive]),
		f.SchoolAge == nil || inRange(f.SchoolAge, h.Persons[registry.SchoolAge]),
		f.OutOfSchool == nil || inRange(f.OutOfSchool, h.Persons[registry.OutOfSchool]),
		f.Elderly == nil || inRange(f.Elderly, h.Persons[registry.Elderly]),
		f.Disabled == nil || inRange(f.Disabled, h.Persons[registry.Disabled]),
		f.Pregnant == nil || inRange(f.Pregnant, h.Persons[registry.Pregnant]),
		f.Stunted == nil || inRange(f.Stunted, h.Persons[registry.Stunted]),
		f.InState == nil || hasID(f.InState.Set.IDs(), h.ID),
		f.Not == nil || !matches(d, f.Not, h),
	}
	for i := range f.And {
		holds = append(holds, matches(d, &f.And[i], h))
	}
	if f.Or != nil {
		any := false
		for i := range f.Or {
			any = any || matches(d, &f.Or[i], h)
		}
		holds = append(holds, any)
	}
	return !slices.Contains(holds, false)
}

func hasID(ids []registry.HouseholdID, id registry.HouseholdID) bool {
	return slices.Contains(ids, id)
}

func inAnyArea(areas []registry.AreaCode, area registry.AreaCode) bool {
	for _, a := range areas {
		if area.Within(a) {
			return true
		}
	}
	return false
}

func inRange(r *registry.IntRange, n int) bool {
	if n == registry.UnknownInt {
		return false
	}
	if r.Min != nil && n < *r.Min {
		return false
	}
	return r.Max == nil || n <= *r.Max
}

func inRegion(s *registry.Spatial, h *family) bool {
	p := h.Point.Point()
	switch {
	case s.CoveredBy != nil:
		return geo.Covers(s.CoveredBy, p)
	case s.Near != nil:
		return geo.DistanceMeters(s.Near.Point.Orb(), p) <= s.Near.RadiusMeters
	}
	b := s.BBox
	if p[1] < b.South || p[1] > b.North {
		return false
	}
	if b.West > b.East {
		return p[0] >= b.West || p[0] <= b.East
	}
	return p[0] >= b.West && p[0] <= b.East
}

func deprivedInAny(list []registry.Deprivation, h *family) bool {
	for _, d := range list {
		if h.known.Has(d) && h.deprived.Has(d) {
			return true
		}
	}
	return false
}

func deprivedInNone(list []registry.Deprivation, h *family) bool {
	for _, d := range list {
		if !h.known.Has(d) || h.deprived.Has(d) {
			return false
		}
	}
	return true
}

func knownInAll(list []registry.Deprivation, h *family) bool {
	for _, d := range list {
		if !h.known.Has(d) {
			return false
		}
	}
	return true
}

func reaches(s *registry.Score, h *family) bool {
	sum := int64(0)
	for i, d := range s.Of {
		if !h.known.Has(d) {
			return false
		}
		if h.deprived.Has(d) {
			sum += s.Weights[i]
		}
	}
	return sum >= s.AtLeast
}

func enrolledInAny(codes []string, h *family) bool {
	for _, c := range codes {
		if h.active[c] {
			return true
		}
	}
	return false
}

func eligible(d *registry.Dataset, code string, h *family) bool {
	i, ok := d.Program(code)
	return ok && matches(d, &d.Programs[i].Eligibility, h)
}
