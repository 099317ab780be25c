package registry

// PlanIndex is the multidimensional index that is published to every role, with the same few cells for everybody. Four
// chapters of the plan count alike, and so do the conditions of a chapter; poor is who is deprived in a third of them.
// Social protection is left out: it is what the city does about poverty, and would make the index change with every
// release of enrolments.
func PlanIndex() Score {
	chapters := [][]Deprivation{
		{NoWorkingMember},
		{ChildOutOfSchool, NoNineYearsSchooling},
		{NoHealthInsurance, StuntedChild},
		{Crowded, UnsafeWater, UnimprovedSanitation, SolidFuel},
	}
	s := Score{AtLeast: ScoreUnit/3 + 1}
	for _, chapter := range chapters {
		for _, d := range chapter {
			s.Of = append(s.Of, d)
			s.Weights = append(s.Weights, ScoreUnit/int64(len(chapters)*len(chapter)))
		}
	}
	return s
}
