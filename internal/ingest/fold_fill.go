package ingest

import (
	"math"

	"kantong/internal/registry"
)

// fill sets what h doesn't know to what more says, and tells whether the two contradict each other anywhere.
func fill(h, more *registry.Household) (differ bool) {
	ints := func(h *registry.Household) []*int {
		list := []*int{&h.Members, &h.HeadAge, &h.Decile, &h.WorkingAge, &h.Working, &h.PowerVA}
		for k := range h.Persons {
			list = append(list, &h.Persons[k])
		}
		return list
	}
	to, from := ints(h), ints(more)
	for i := range to {
		differ = set(to[i], *from[i], registry.UnknownInt) || differ
	}
	differ = set(&h.Expenditure, more.Expenditure, registry.UnknownInt) || differ
	differ = set(&h.HeadSex, more.HeadSex, registry.SexUnknown) || differ
	differ = set(&h.RW, more.RW, "") || differ
	differ = set(&h.RT, more.RT, "") || differ
	for _, pair := range [][2]*registry.Answer{{&h.HeadWorking, &more.HeadWorking}, {&h.Savings, &more.Savings}, {&h.NineYearsSchooling, &more.NineYearsSchooling},
		{&h.HealthInsured, &more.HealthInsured}, {&h.DisabledSupported, &more.DisabledSupported}} {
		differ = set(pair[0], *pair[1], registry.Unknown) || differ
	}
	classes, others := h.Classes(), more.Classes()
	for i := range classes {
		differ = set(classes[i], *others[i], "") || differ
	}
	for _, pair := range [][2]*float64{{&h.Score, &more.Score}, {&h.FloorAreaM2, &more.FloorAreaM2}} {
		switch old, now := *pair[0], *pair[1]; {
		case math.IsNaN(now):
		case math.IsNaN(old):
			*pair[0] = now
		default:
			differ = differ || old != now
		}
	}
	switch {
	case !more.Located:
	case !h.Located:
		h.Located, h.Point = true, more.Point
	default:
		differ = differ || h.Point != more.Point
	}
	return differ
}

// set fills one field; it tells whether both are known and not the same.
func set[T comparable](field *T, value, unknown T) (differ bool) {
	if value == unknown {
		return false
	}
	if *field == unknown {
		*field = value
		return false
	}
	return *field != value
}
