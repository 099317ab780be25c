package columnar

import (
	"bytes"
	"context"
	"iter"
	"math"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// Build reads a state into memory: households ordered by id, enrolments by household, programme and since, both at once, since
// reading takes most of the time. attributes gives
// the households of the ids in that order, nil for one that is not there; Details asks it. It fails on an error of a
// sequence, and on what an edition can't hold, naming the household: an area that is no kelurahan of d, an order that is
// not kept, a number out of its range.
func Build(
	d *registry.Dataset,
	households iter.Seq2[registry.Record, error],
	enrolments iter.Seq2[registry.Enrolment, error],
	attributes func(ctx context.Context, ids []registry.HouseholdID) ([]*registry.Household, error),
) (*Engine, error) {
	var failed atomic.Bool
	var reading errgroup.Group
	var g *gathered
	reading.Go(func() (err error) {
		if g, err = gather(d, until(&failed, enrolments)); err != nil {
			failed.Store(true)
		}
		return err
	})
	h, err := arrive(d, until(&failed, households))
	if err != nil {
		failed.Store(true)
	}
	if late := reading.Wait(); err == nil {
		err = late
	}
	if err != nil {
		return nil, err
	}
	h.attributes = attributes
	return (&Engine{households: h}).with(d, g)
}

// until ends a sequence early once reading the other one has failed.
func until[T any](failed *atomic.Bool, list iter.Seq2[T, error]) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for v, err := range list {
			if failed.Load() || !yield(v, err) {
				return
			}
		}
	}
}

func arrive(d *registry.Dataset, records iter.Seq2[registry.Record, error]) (*households, error) {
	a := newArrivals(d)
	for record, err := range records {
		if err != nil {
			return nil, err
		}
		if err := a.add(&record); err != nil {
			return nil, err
		}
	}
	return a.arrange()
}

// arrivals are the households in the order they come, in narrow columns.
type arrivals struct {
	d         *registry.Dataset
	kelurahan map[registry.AreaCode]uint32
	codes     []registry.AreaCode
	places    dictionary[place]

	ids                          []registry.HouseholdID
	area                         []uint32
	located                      []bool
	lon, lat                     []int32
	keys                         []uint64
	members, headAge, decile     []uint8
	sex                          []registry.Sex
	deprived, known              []uint16
	persons                      [registry.PersonKindCount][]uint8
	expenditure, place           []uint32
	anyExpenditure, anyPlaceHigh bool
}

func newArrivals(d *registry.Dataset) *arrivals {
	a := &arrivals{d: d, kelurahan: map[registry.AreaCode]uint32{}}
	for k, i := range d.Areas.Level(registry.LevelKelurahan) {
		code := d.Areas.Area(i).Code
		a.kelurahan[code] = uint32(k)
		a.codes = append(a.codes, code)
	}
	n := min(max(d.State.Edition.Households, 0), math.MaxInt32) // as published: saves growing
	reserve(&a.ids, n)
	reserve(&a.area, n)
	reserve(&a.located, n)
	reserve(&a.lon, n)
	reserve(&a.lat, n)
	reserve(&a.keys, n)
	reserve(&a.members, n)
	reserve(&a.headAge, n)
	reserve(&a.decile, n)
	reserve(&a.sex, n)
	reserve(&a.deprived, n)
	reserve(&a.known, n)
	for k := range a.persons {
		reserve(&a.persons[k], n)
	}
	reserve(&a.expenditure, n)
	reserve(&a.place, n)
	return a
}

func reserve[T any](column *[]T, n int64) { *column = make([]T, 0, n) }

func (a *arrivals) add(r *registry.Record) error {
	if n := len(a.ids); n > 0 && compareIDs(&a.ids[n-1], &r.ID) >= 0 {
		return registry.Conflict("id", "household %s comes after %s: households must come by id, each once", r.ID, a.ids[n-1])
	}
	area, ok := a.kelurahan[r.Area]
	if !ok {
		return registry.NotFound("area", "household %s lies in %q, which is no kelurahan of edition %s", r.ID, r.Area, a.d.State.ID())
	}
	expenditure := uint32(unknownExpenditure)
	if r.Expenditure != registry.UnknownInt {
		if r.Expenditure < 0 || r.Expenditure > registry.MaxExpenditureRupiah {
			return registry.Invalid("expenditure", "household %s: %d is outside 0 to %d", r.ID, r.Expenditure, registry.MaxExpenditureRupiah)
		}
		expenditure, a.anyExpenditure = uint32(r.Expenditure), true
	}
	if r.HeadSex > registry.SexFemale {
		return registry.Invalid("head_sex", "household %s: %d is no sex", r.ID, r.HeadSex)
	}
	err := a.addSmall(r)
	if err != nil {
		return err
	}
	where := a.places.add(place{r.RW, r.RT})
	a.anyPlaceHigh = a.anyPlaceHigh || where > math.MaxUint16
	a.ids = append(a.ids, r.ID)
	a.area = append(a.area, area)
	a.located = append(a.located, r.Located)
	point := r.Point
	if !r.Located {
		point = geo.PointE7{}
	}
	a.lon = append(a.lon, point.Lon)
	a.lat = append(a.lat, point.Lat)
	a.keys = append(a.keys, uint64(r.Key[0])|uint64(r.Key[1])<<32)
	a.sex = append(a.sex, r.HeadSex)
	a.deprived = append(a.deprived, uint16(r.Deprived))
	a.known = append(a.known, uint16(r.Known))
	a.expenditure = append(a.expenditure, expenditure)
	a.place = append(a.place, where)
	return nil
}

// addSmall adds what takes a byte.
func (a *arrivals) addSmall(r *registry.Record) error {
	put := func(column *[]uint8, name string, n, least, most int, unknown uint8) error {
		if n == registry.UnknownInt {
			*column = append(*column, unknown)
			return nil
		}
		if n < least || n > most {
			return registry.Invalid(name, "household %s: %d is outside %d to %d", r.ID, n, least, most)
		}
		*column = append(*column, uint8(n))
		return nil
	}
	if err := put(&a.members, "members", r.Members, 1, registry.MaxMembers, 0); err != nil {
		return err
	}
	if err := put(&a.headAge, "head_age", r.HeadAge, 0, unknownByte-1, unknownByte); err != nil {
		return err
	}
	if err := put(&a.decile, "decile", r.Decile, 1, 10, 0); err != nil {
		return err
	}
	for k, n := range r.Persons {
		if err := put(&a.persons[k], registry.PersonKind(k).Column(), n, 0, registry.MaxMembers, unknownByte); err != nil {
			return err
		}
	}
	return nil
}

func compareIDs(a, b *registry.HouseholdID) int { return bytes.Compare(a[:], b[:]) }

// dictionary numbers distinct values in the order they come.
type dictionary[T comparable] struct {
	number map[T]uint32
	values []T
}

func (d *dictionary[T]) add(v T) uint32 {
	n, ok := d.number[v]
	if !ok {
		if d.number == nil {
			d.number = map[T]uint32{}
		}
		n = uint32(len(d.values))
		d.number[v] = n
		d.values = append(d.values, v)
	}
	return n
}
