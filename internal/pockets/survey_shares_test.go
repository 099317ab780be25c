package pockets

import (
	"testing"

	"kantong/internal/registry"
)

func TestLift(t *testing.T) {
	rate := func(value float64, s registry.FigureStatus) registry.Rate {
		return registry.Rate{Value: value, Status: s}
	}
	for _, c := range []struct{ share, everybody, want registry.Rate }{
		{rate(0.5, registry.Exact), rate(0.3, registry.Exact), rate(0.5/0.3, registry.Exact)},
		{rate(0.5, registry.Perturbed), rate(0.3, registry.Perturbed), rate(1.667, registry.Perturbed)},
		{rate(0, registry.Exact), rate(0.3, registry.Exact), rate(0, registry.Exact)},
		{rate(0.1, registry.Perturbed), rate(0, registry.Perturbed), rate(0, registry.UnknownFigure)},
		{rate(0, registry.Suppressed), rate(0.3, registry.Perturbed), rate(0, registry.Suppressed)},
		{rate(0.1, registry.Perturbed), rate(0, registry.Suppressed), rate(0, registry.Suppressed)},
		{rate(0, registry.UnknownFigure), rate(0.3, registry.Exact), rate(0, registry.UnknownFigure)},
	} {
		if got := lift(c.share, c.everybody); got != c.want {
			t.Errorf("%+v over %+v is %+v, want %+v", c.share, c.everybody, got, c.want)
		}
	}
}
