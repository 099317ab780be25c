package disclosure

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"kantong/internal/registry"
)

// conditions reads the members of a filter that tell households apart, as bands of attributes.
func (g *Guard) conditions(ctx context.Context, f *registry.Filter) (list []condition, err error) {
	yesNo := func(kind attributeKind, index, number int, path string, filter registry.Filter) {
		list = append(list, condition{attribute: attribute{kind, index}, bands: []band{{number, filter}}, whole: filter, path: path})
	}
	if f.Decile != nil {
		list = append(list, decileCondition(f.Decile))
	}
	if f.Members != nil {
		c, err := membersCondition(f.Members)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	if f.HeadSex != registry.SexUnknown {
		yesNo(sexAttribute, 0, int(f.HeadSex), "headSex", registry.Filter{HeadSex: f.HeadSex})
	}
	if f.Geocoded != nil {
		number := bandNo
		if *f.Geocoded {
			number = bandYes
		}
		yesNo(geocodedAttribute, 0, number, "geocoded", registry.Filter{Geocoded: f.Geocoded})
	}
	for k, r := range f.Persons() {
		if r == nil {
			continue
		}
		c, err := personsCondition(registry.PersonKind(k), r)
		if err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	if f.InState != nil {
		c, err := g.stateCondition(ctx, f.InState)
		if err != nil {
			return nil, registry.Under("inState", err)
		}
		list = append(list, c)
	}
	more, err := g.memberships(f)
	if err != nil {
		return nil, err
	}
	list = append(list, more...)
	if f.Not == nil {
		return list, nil
	}
	c, err := g.complement(ctx, f.Not)
	return append(list, c), err
}

// memberships reads the conditions on deprivations, programmes and their rules.
func (g *Guard) memberships(f *registry.Filter) (list []condition, err error) {
	f = &registry.Filter{DeprivedIn: distinct(f.DeprivedIn), NotDeprivedIn: distinct(f.NotDeprivedIn), EnrolledIn: distinct(f.EnrolledIn),
		NotEnrolledIn: distinct(f.NotEnrolledIn), EligibleFor: f.EligibleFor, KnownIn: f.KnownIn, Score: f.Score}
	one := func(kind attributeKind, index, number int, path string, filter registry.Filter) {
		list = append(list, condition{attribute: attribute{kind, index}, bands: []band{{number, filter}}, whole: filter, path: path})
	}
	if f.DeprivedIn != nil {
		switch {
		case len(f.DeprivedIn) > 1:
			return nil, limit("deprivedIn", "any of several deprivations is not a published category: ask for %s and the others one at a time", f.DeprivedIn[0])
		case len(f.DeprivedIn) == 0:
			list = append(list, nobody("deprivedIn", registry.Filter{DeprivedIn: f.DeprivedIn}))
		default:
			one(deprivationAttribute, int(f.DeprivedIn[0]), bandYes, "deprivedIn", registry.Filter{DeprivedIn: f.DeprivedIn})
		}
	}
	for i, d := range f.NotDeprivedIn {
		one(deprivationAttribute, int(d), bandNo, "notDeprivedIn", registry.Filter{NotDeprivedIn: f.NotDeprivedIn[i : i+1]})
	}
	index, err := indexConditions(f)
	if err != nil {
		return nil, err
	}
	list = append(list, index...)
	if f.EnrolledIn != nil {
		switch {
		case len(f.EnrolledIn) > 1:
			return nil, limit("enrolledIn", "any of several programmes is not a published category: ask for %s and the others one at a time", f.EnrolledIn[0])
		case len(f.EnrolledIn) == 0:
			list = append(list, nobody("enrolledIn", registry.Filter{EnrolledIn: f.EnrolledIn}))
		default:
			one(programAttribute, g.program(f.EnrolledIn[0]), bandYes, "enrolledIn", registry.Filter{EnrolledIn: f.EnrolledIn})
		}
	}
	for i, code := range f.NotEnrolledIn {
		one(programAttribute, g.program(code), bandNo, "notEnrolledIn", registry.Filter{NotEnrolledIn: f.NotEnrolledIn[i : i+1]})
	}
	if f.EligibleFor != "" {
		if err := g.checkRule(f.EligibleFor); err != nil {
			return nil, registry.Under("eligibleFor", err)
		}
		one(eligibilityAttribute, g.program(f.EligibleFor), bandYes, "eligibleFor", registry.Filter{EligibleFor: f.EligibleFor})
	}
	return list, nil
}

// complement reads not, which is answered of what is one category with two sides: a programme's rule, and another state.
func (g *Guard) complement(ctx context.Context, f *registry.Filter) (condition, error) {
	if in, ok := onlyState(f); ok {
		c, err := g.restCondition(ctx, in)
		return c, registry.Under("not.inState", err)
	}
	code, ok := onlyEligibility(f)
	if !ok {
		return condition{}, limit("not", "a complement is answered of a programme's rule and of another state only, not: {eligibleFor: …} or not: {inState: …}: use ranges, notDeprivedIn or notEnrolledIn")
	}
	if err := g.checkRule(code); err != nil {
		return condition{}, registry.Under("not.eligibleFor", err)
	}
	whole := registry.Filter{Not: f}
	return condition{attribute: attribute{eligibilityAttribute, g.program(code)}, bands: []band{{bandNo, whole}}, whole: whole, path: "not"}, nil
}

// distinct is a list without repetitions; nil stays nil, since an empty list is a condition.
func distinct[T cmp.Ordered](list []T) []T {
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	return slices.Compact(sorted)
}

func (g *Guard) program(code string) int {
	i, _ := g.data.Program(code) // CheckFilter has found it
	return i
}

// nobody is a condition that keeps no household, whoever there is.
func nobody(path string, f registry.Filter) condition { return condition{whole: f, path: path} }

// onlyState tells whether a filter asks for nothing but another state.
func onlyState(f *registry.Filter) (*registry.InState, bool) {
	rest := *f
	rest.InState = nil
	return f.InState, f.InState != nil && rest.Everybody()
}

// onlyEligibility tells whether a filter asks for nothing but what a programme's rule keeps.
func onlyEligibility(f *registry.Filter) (program string, ok bool) {
	rest := *f
	rest.EligibleFor = ""
	return f.EligibleFor, f.EligibleFor != "" && rest.String() == (&registry.Filter{}).String()
}

// checkRule refuses a programme whose rule tells households apart by place: its categories are not of an area.
func (g *Guard) checkRule(code string) error {
	rule := &g.data.Programs[g.program(code)].Eligibility
	return rule.Walk(func(_ string, f *registry.Filter) error {
		if f.Where != nil || f.RT != nil || f.RW != nil || f.Areas != nil {
			return limit("", "the rule of %s names places: it is answered to a planner's key only", code)
		}
		return nil
	})
}

func decileCondition(r *registry.IntRange) condition {
	c := condition{attribute: attribute{kind: decileAttribute}, whole: registry.Filter{Decile: r}, path: "decile"}
	for d := 1; d <= 10; d++ {
		if r.Contains(d) {
			c.bands = append(c.bands, band{d, registry.Filter{Decile: &registry.IntRange{Min: &d, Max: &d}}})
		}
	}
	return c
}

func membersCondition(r *registry.IntRange) (condition, error) {
	c := condition{attribute: attribute{kind: membersAttribute}, whole: registry.Filter{Members: r}, path: "members"}
	var nearest []string
	split := false
	for i, first := range memberBands {
		last := lastOf(i)
		touches := (r.Min == nil || last == nil || *r.Min <= *last) && (r.Max == nil || *r.Max >= first)
		if !touches {
			continue
		}
		nearest = append(nearest, bandText(first, last))
		split = split || r.Min != nil && *r.Min > first || r.Max != nil && (last == nil || *r.Max < *last)
		c.bands = append(c.bands, band{first, registry.Filter{Members: &registry.IntRange{Min: &memberBands[i], Max: last}}})
	}
	if split {
		return c, limit("members", "sizes are published as 1, 2, 3, 4, 5 to 6, and 7 or more; the nearest question is one of the whole bands %s", strings.Join(nearest, " and "))
	}
	return c, nil
}

// lastOf gives the largest size of a band; nil for the last band.
func lastOf(i int) *int {
	if i+1 == len(memberBands) {
		return nil
	}
	last := memberBands[i+1] - 1
	return &last
}

func bandText(first int, last *int) string {
	if last == nil {
		return fmt.Sprintf("{min: %d}", first)
	}
	return fmt.Sprintf("{min: %d, max: %d}", first, *last)
}

// personsCondition knows two categories of each kind of person: none, and at least one.
func personsCondition(k registry.PersonKind, r *registry.IntRange) (condition, error) {
	path := [registry.PersonKindCount]string{"underFive", "schoolAge", "outOfSchool", "elderly", "disabled", "pregnant", "stunted"}[k]
	c := condition{attribute: attribute{personsAttribute, int(k)}, path: path}
	var exactly *registry.IntRange
	zero, one := 0, 1
	number := bandYes
	switch {
	case r.Min != nil && *r.Min == 1 && r.Max == nil:
		exactly = &registry.IntRange{Min: &one}
	case (r.Min == nil || *r.Min == 0) && r.Max != nil && *r.Max == 0:
		exactly, number = &registry.IntRange{Max: &zero}, bandNo
	default:
		return c, limit(path, "two categories are published: %s: {min: 1} and %s: {max: 0}", path, path)
	}
	*[...]**registry.IntRange{&c.whole.UnderFive, &c.whole.SchoolAge, &c.whole.OutOfSchool, &c.whole.Elderly, &c.whole.Disabled, &c.whole.Pregnant, &c.whole.Stunted}[k] = exactly
	c.bands = []band{{number, c.whole}}
	return c, nil
}
