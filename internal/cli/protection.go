package cli

import (
	"context"

	"kantong/internal/disclosure"
	"kantong/internal/registry"
)

// protectionFlags are what an agency decides about disclosure. All servers and commands of one registry need the same:
// two answers with different noise tell more than one.
type protectionFlags struct {
	NoiseDeviation int     `default:"15" placeholder:"N" help:"Largest deviation of a protected count of households (default ${default}). Changing it gives every figure another deviation: see kantong disclosure report."`
	NoiseVariance  float64 `default:"25" placeholder:"V" help:"Variance of that deviation (default ${default})."`
	FloorPublic    int64   `default:"10" placeholder:"N" help:"Least households of a figure shown to the public (default ${default})."`
	FloorPartner   int64   `default:"5" placeholder:"N" help:"Least households of a figure shown to a partner (default ${default})."`
	CellBudget     int     `default:"250000" placeholder:"N" help:"Distinct figures of one edition shown to one organisation a month; 0 is no limit (default ${default})."`
}

func (f *protectionFlags) policy() (disclosure.Policy, error) {
	noise := disclosure.Noise{MaxDeviation: f.NoiseDeviation, Variance: f.NoiseVariance}
	if err := noise.Check(); err != nil {
		return disclosure.Policy{}, registry.Under("--noise", err)
	}
	if f.FloorPublic < 1 || f.FloorPartner < 1 || f.CellBudget < 0 {
		return disclosure.Policy{}, registry.Invalid("--floor", "a floor is at least 1, and a budget not below 0")
	}
	p := disclosure.NewPolicy(noise)
	p.FloorPublic, p.FloorPartner, p.CellBudget = f.FloorPublic, f.FloorPartner, f.CellBudget
	return p, nil
}

// gate opens the store's states behind the policy. Budgets are kept where a server answers: nil keeps none.
func (f *protectionFlags) gate(ctx context.Context, src *source, budgets *disclosure.Budgets) (*disclosure.Gate, error) {
	policy, err := f.policy()
	if err != nil {
		return nil, err
	}
	return disclosure.NewGate(ctx, src, disclosure.Rules{Policy: policy, Budgets: budgets})
}
