package poverty

import (
	"math"

	"kantong/internal/registry"
)

// Figures are the measures of Alkire and Foster (2011) over the people of the households that were judged: of which all
// indicators of an index are known. With w the members of a household, ω_j the weight of an indicator, weights adding up to
// 1, and g_j whether a household is deprived in it,
//
//	h_j = Σ w·g_j·poor / Σ w   M0 = Σ ω_j·h_j   H = Σ w·poor / Σ w   A = M0/H
//
// Nobody poor: H and M0 are zero, A and contributions have status UNKNOWN. Nobody judged: every rate has.
type Figures struct {
	Judged, Poor, LeftOut registry.Tally // LeftOut are those that could not be judged

	HeadcountRatio    registry.Rate // H
	Intensity         registry.Rate // A
	AdjustedHeadcount registry.Rate // M0
	// Censored are h_j, Contributions ω_j·h_j/M0, which add up to 1; both in the order of the index. Where one h_j is withheld
	// nobody knows M0, and so no indicator's share in it.
	Censored, Contributions []registry.Rate

	// Bounds of H over everybody, whether judged or not: if none, and if all of those left out were poor. Households of
	// unknown size have no people to count.
	LowestHeadcountRatio, HighestHeadcountRatio registry.Rate
}

// Queries asks for what Multidimensional needs beside the cells of everybody that the filter keeps, which a caller has from
// the same filter and dimensions: first those that can be judged, then the poor of them.
func Queries(score registry.Score, filter registry.Filter, by []registry.Dimension) []registry.SummaryQuery {
	return []registry.SummaryQuery{
		{Filter: registry.Join(&filter, &registry.Filter{KnownIn: score.Of}), By: by},
		{Filter: registry.Join(&filter, &registry.Filter{Score: &score}), By: by, Measures: registry.MeasureDeprivations},
	}
}

// Multidimensional makes the figures of an index from the cells of everybody, of those that could be judged and of the poor.
// A cell that an answer does not have, such as that of a hexagon in which nobody was judged, is the zero value. Protected
// cells have noise of their own and need not fit each other: what can't be is brought to the nearest that can.
func Multidimensional(score registry.Score, all, base, poor registry.Cell) Figures {
	f := Figures{Judged: base.Total, Poor: poor.Total, LeftOut: beyond(all.Total, base.Total)}
	judged, poorPeople := base.Total, within(poor.Total, base.Total)
	f.HeadcountRatio = registry.RatioOfPeople(poorPeople, judged)

	deprived := make([]registry.Tally, len(score.Of))
	for j, d := range score.Of {
		if poor.Deprived != nil {
			deprived[j] = within(poor.Deprived[d], poorPeople)
		}
		f.Censored = append(f.Censored, registry.RatioOfPeople(deprived[j], judged))
	}
	f.addIntensity(score.Weights, deprived, poorPeople, judged)

	everybody := registry.Tally{Status: max(judged.Status, f.LeftOut.Status)}
	if judged.People > 0 { // what nobody was judged for has no bounds either
		everybody.People = judged.People + f.LeftOut.People
	}
	highest := registry.Tally{People: poorPeople.People + f.LeftOut.People, Status: max(poorPeople.Status, f.LeftOut.Status)}
	f.LowestHeadcountRatio, f.HighestHeadcountRatio = registry.RatioOfPeople(poorPeople, everybody), registry.RatioOfPeople(highest, everybody)
	return f
}

// addIntensity sums up how much the poor are deprived in.
func (f *Figures) addIntensity(weights []int64, deprived []registry.Tally, poor, judged registry.Tally) {
	status := f.HeadcountRatio.Status
	parts := make([]float64, len(weights))
	all, sum := 0.0, 0.0
	for j, w := range weights {
		all += float64(w)
		if w > 0 {
			status = max(status, deprived[j].Status)
		}
		parts[j] = float64(w) * float64(deprived[j].People)
		sum += parts[j]
	}
	f.AdjustedHeadcount, f.Intensity = registry.Rate{Status: status}, registry.Rate{Status: status}
	f.Contributions = make([]registry.Rate, len(weights))
	for j := range f.Contributions {
		f.Contributions[j].Status = status
	}
	if !status.HasValue() {
		return
	}
	f.AdjustedHeadcount.Value = fine(sum/all/float64(judged.People), status)
	if poor.People == 0 {
		f.Intensity.Status = registry.UnknownFigure
	} else {
		f.Intensity.Value = fine(sum/all/float64(poor.People), status)
	}
	f.contribute(parts, sum, status)
}

// contribute divides each part by the sum. Protected shares have three decimals that add up, too.
func (f *Figures) contribute(parts []float64, sum float64, status registry.FigureStatus) {
	var thousandths []int64
	if status == registry.Perturbed && sum > 0 {
		thousandths = apportion(1000, parts)
	}
	for j := range f.Contributions {
		switch {
		case sum == 0:
			f.Contributions[j].Status = registry.UnknownFigure
		case thousandths != nil:
			f.Contributions[j].Value = float64(thousandths[j]) / 1000
		default:
			f.Contributions[j].Value = parts[j] / sum
		}
	}
}

// fine is a share as fine as its status allows.
func fine(share float64, status registry.FigureStatus) float64 {
	if status == registry.Perturbed {
		share = math.Round(share*1000) / 1000
	}
	return min(1, share)
}

// within is a part of a whole, no larger than it.
func within(part, whole registry.Tally) registry.Tally {
	if part.Status.HasValue() && whole.Status.HasValue() {
		part.Households, part.People = min(part.Households, whole.Households), min(part.People, whole.People)
	}
	return part
}

// beyond is what a whole has more than a part of it.
func beyond(whole, part registry.Tally) registry.Tally {
	out := registry.Tally{Status: max(whole.Status, part.Status)}
	if out.Status.HasValue() {
		out.Households, out.People = max(0, whole.Households-part.Households), max(0, whole.People-part.People)
	}
	return out
}
