package registry

// Rate is a share, 0 to 1. Value counts only where Status is EXACT or PERTURBED.
type Rate struct {
	Value  float64
	Status FigureStatus
}

// Ratio is the share of households of part in whole: SUPPRESSED when either is, UNKNOWN for a share of nobody.
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
		return Rate{Value: float64(part) / float64(whole), Status: status}
	}
	return Rate{Status: status}
}
