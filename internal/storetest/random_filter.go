package storetest

import (
	"math/rand/v2"

	"kantong/internal/registry"
)

// RandomFilter makes a valid filter for the dataset, nested up to four deep. Its regions often have an edge that runs
// exactly through one of the households.
func RandomFilter(r *rand.Rand, d *registry.Dataset, households []registry.Record) registry.Filter {
	return randomFilter(r, d, households, 3)
}

func randomFilter(r *rand.Rand, d *registry.Dataset, households []registry.Record, depth int) registry.Filter {
	var f registry.Filter
	for range []int{0, 1, 1, 1, 2, 3}[r.IntN(6)] {
		setCondition(r, d, households, &f)
	}
	if depth == 0 {
		return f
	}
	nested := func() []registry.Filter {
		list := make([]registry.Filter, r.IntN(4))
		for i := range list {
			list[i] = randomFilter(r, d, households, depth-1)
		}
		return list
	}
	switch r.IntN(7) {
	case 0:
		f.And = nested()
	case 1, 2:
		f.Or = nested()
	case 3:
		not := randomFilter(r, d, households, depth-1)
		f.Not = &not
	}
	return f
}

// setCondition sets one condition of a filter at random.
func setCondition(r *rand.Rand, d *registry.Dataset, households []registry.Record, f *registry.Filter) {
	persons := []**registry.IntRange{&f.UnderFive, &f.SchoolAge, &f.OutOfSchool, &f.Elderly, &f.Disabled, &f.Pregnant, &f.Stunted}
	text := func(list ...string) *string { return &list[r.IntN(len(list))] }
	switch r.IntN(22) {
	case 0, 1, 2:
		f.Areas = randomList(r, func() registry.AreaCode { return d.Areas.Area(r.IntN(d.Areas.Len())).Code })
	case 3, 4, 5:
		f.Where = RandomRegion(r, d, households)
	case 6, 7:
		f.Decile = randomRange(r, 11)
	case 8:
		f.Members = randomRange(r, 9)
	case 9:
		f.DeprivedIn = randomList(r, func() registry.Deprivation { return randomDeprivation(r) })
	case 10:
		f.NotDeprivedIn = randomList(r, func() registry.Deprivation { return randomDeprivation(r) })
	case 11:
		f.EnrolledIn = randomList(r, func() string { return randomProgram(r, d) })
	case 12:
		f.NotEnrolledIn = randomList(r, func() string { return randomProgram(r, d) })
	case 13:
		f.EligibleFor = randomProgram(r, d)
	case 14:
		f.HeadSex = registry.Sex(r.IntN(3))
	case 15:
		geocoded := r.IntN(2) == 0
		f.Geocoded = &geocoded
	case 16:
		if r.IntN(2) == 0 {
			f.RT = text("1", "01", "001", "1 ", "a", "A", "")
		} else {
			f.RW = text("000", "001", "002", "")
		}
	case 17:
		*persons[r.IntN(len(persons))] = randomRange(r, 4)
	case 18:
		f.KnownIn = randomList(r, func() registry.Deprivation { return randomDeprivation(r) })
	case 19, 20:
		f.Score = randomScore(r, households)
	case 21:
		f.InState = randomState(r, d, households)
	}
}

// randomState mentions a state that had some of the households, and some that this one does not have.
func randomState(r *rand.Rand, d *registry.Dataset, households []registry.Record) *registry.InState {
	in := &registry.InState{State: "another"}
	if r.IntN(2) == 0 {
		in.Filter = registry.Filter{Decile: randomRange(r, 11), EnrolledIn: []string{randomProgram(r, d)}}
	}
	ids := []registry.HouseholdID{{}, {15: 1}, {0: 255, 15: 255}}[:r.IntN(4)]
	share := []float64{0, 0.1, 0.5, 0.9, 1}[r.IntN(5)]
	for _, i := range r.Perm(len(households)) {
		if r.Float64() < share {
			ids = append(ids, households[i].ID)
		}
	}
	in.Set = registry.NewHouseholdSet(ids)
	return in
}

func randomDeprivation(r *rand.Rand) registry.Deprivation {
	return registry.Deprivation(r.IntN(registry.DeprivationCount))
}

func randomProgram(r *rand.Rand, d *registry.Dataset) string {
	return d.Programs[r.IntN(len(d.Programs))].Code
}

// randomList is empty now and then, and may hold a value twice.
func randomList[T any](r *rand.Rand, one func() T) []T {
	list := make([]T, []int{0, 1, 1, 1, 2, 2, 3, 5}[r.IntN(8)])
	for i := range list {
		list[i] = one()
	}
	return list
}

// randomRange has each end open now and then.
func randomRange(r *rand.Rand, most int) *registry.IntRange {
	a, b := r.IntN(most+1), r.IntN(most+1)
	out := intRange(min(a, b), max(a, b))
	if r.IntN(4) == 0 {
		out.Min = nil
	}
	if r.IntN(4) == 0 {
		out.Max = nil
	}
	return out
}
