package targeting

import (
	"math/rand/v2"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"
)

// uncertainty ranks the areas anew in every draw, with weights from a Dirichlet distribution around those asked for,
// and with shares and counts as another sample of as many households would have shown them.
//
// A household bootstrap draws an area's n households with replacement and counts those with the property. That count has
// the distribution Binomial(n, e/n), so it is drawn at once: the parametric equivalent, without a row being read, in the
// same time for 20 households and for 20 million. It is drawn around (e+½)/(n+1), since a bootstrap is sure of 1 of 1. Criteria are resampled independently of each other; resampling whole
// households would also keep what they share, which matters little beside the weights.
//
// A criterion that happens to be the same everywhere in a draw adds nothing to any score of that draw. Draws follow each
// other from one generator, in one goroutine: some milliseconds for a city, and the same answer everywhere.
func (t *scoreTable) uncertainty(q PriorityQuestion) []*RankUncertainty {
	n := len(t.areas)
	generator := rand.NewPCG(q.Seed, 0)
	d := newDrawing(t, generator, q.Concentration)
	scores, rounded, order := make([]float64, n), make([]float64, n), make([]int, n)
	ranks, all := make([]int32, n), make([]int32, n*q.Draws) // all: by area, then draw
	for draw := range q.Draws {
		d.next(t.method)
		combine(d.normalised, d.weights, scores)
		rank(scores, ranks, order, rounded)
		for area, r := range ranks {
			all[area*q.Draws+draw] = r
		}
	}
	out := make([]*RankUncertainty, n)
	for area := range out {
		if own := all[area*q.Draws : (area+1)*q.Draws]; len(own) > 0 && own[0] > 0 {
			out[area] = summariseRanks(own)
		}
	}
	return out
}

// summariseRanks sorts the ranks of one area. A quantile is the smallest rank that at least so many draws don't exceed.
func summariseRanks(ranks []int32) *RankUncertainty {
	slices.Sort(ranks)
	n := len(ranks)
	return &RankUncertainty{Low: int(ranks[(n+19)/20-1]), High: int(ranks[(n*19+19)/20-1]), ranks: ranks}
}

// drawing is the state of the draws.
type drawing struct {
	random     *rand.Rand
	gammas     []distuv.Gamma // by criterion; the zero value where its weight is 0
	weights    []float64
	samples    []sampledColumn
	normalised [][]float64 // shared with the table where nothing is resampled
	values     []float64
	order      []int
}

// sampledColumn is a criterion whose values vary from draw to draw.
type sampledColumn struct {
	at       int
	missing  []float64 // NaN where there is no value, else 0
	factors  []float64 // from households to the criterion's unit, with the sign of its orientation
	samplers []binomial
}

func newDrawing(t *scoreTable, generator *rand.PCG, concentration float64) *drawing {
	d := &drawing{random: rand.New(generator), gammas: make([]distuv.Gamma, len(t.weights)), weights: make([]float64, len(t.weights)),
		normalised: slices.Clone(t.normalised), values: make([]float64, len(t.areas)), order: make([]int, len(t.areas))}
	for i, c := range t.criteria {
		if t.weights[i] > 0 {
			d.gammas[i] = distuv.Gamma{Alpha: concentration * t.weights[i], Beta: 1, Src: generator}
		}
		if t.weights[i] == 0 || !t.varies[i] || c.Basis == PublishedFigure {
			continue
		}
		s := sampledColumn{at: i, missing: make([]float64, len(t.areas)), factors: make([]float64, len(t.areas)), samplers: make([]binomial, len(t.areas))}
		for area, o := range t.observed[i] {
			x := t.normalised[i][area]
			if s.missing[area] = x - x; x == x {
				s.samplers[area] = newBinomial(min(o.Events, o.Of), o.Of)
				s.factors[area] = c.Orientation.sign()
				if c.Basis == HouseholdShare {
					s.factors[area] /= float64(o.Of)
				}
			}
		}
		d.normalised[i] = make([]float64, len(t.areas))
		d.samples = append(d.samples, s)
	}
	return d
}

// smallestWeight keeps a weight that is drawn as good as nothing from leaving an area with one criterion without a score.
const smallestWeight = 1e-280

// next draws weights and values. Gamma variables divided by their sum are a Dirichlet vector.
func (d *drawing) next(method Normalisation) {
	total := 0.0
	for i, g := range d.gammas {
		if g.Alpha > 0 {
			d.weights[i] = max(g.Rand(), smallestWeight)
			total += d.weights[i]
		}
	}
	for i := range d.weights {
		d.weights[i] /= total
	}
	for _, s := range d.samples {
		for area := range d.values {
			d.values[area] = s.samplers[area].draw(d.random)*s.factors[area] + s.missing[area]
		}
		normalise(d.values, d.normalised[s.at], method, d.order)
	}
}
