package registry

import "math"

// Rate is a share, 0 to 1. Value counts only where Status is EXACT or PERTURBED.
type Rate struct {
	Value  float64
	Status FigureStatus
}

// Ratio is the share of households of part in whole: SUPPRESSED when either is, UNKNOWN for a share of nobody. A share of
// PERTURBED numbers is rounded to three decimals and at most 1.
func Ratio(part, whole Tally) Rate {
	return ratio(part.Households, whole.Households, part.Status, whole.Status)
}

// RatioOfPeople is Ratio over people.
func RatioOfPeople(part, whole Tally) Rate {
	return ratio(part.People, whole.People, part.Status, whole.Status)
}

func ratio(part, whole int64, a, b FigureStatus) Rate {
	status := max(a, b)
	if status.HasValue() {
		if whole == 0 {
			return Rate{Status: UnknownFigure}
		}
		if status == Perturbed { // part and whole have noise of their own: what is more than all, or finer than the noise, means nothing
			return Rate{Value: min(1, math.Round(float64(part)/float64(whole)*1000)/1000), Status: status}
		}
		return Rate{Value: float64(part) / float64(whole), Status: status}
	}
	return Rate{Status: status}
}
