// Package spatial tells whether high and low figures of areas lie together, and steadies the rates of small areas: pure
// functions of numbers and neighbour lists, with no engine, no household and no GraphQL.
//
// Areas are named by their position in the values. A [Field] holds the values of those that have one; the others are
// left out of every sum, mean and neighbour list, never taken for zero, and say so in their [Status]. Missing values are
// given by a parallel list known, nil when all are known: a NaN or an infinity among known values is a fault of the
// caller and refused.
//
// # Chance
//
// Significance is by permutation: conditional for the local statistics (the value of the area stays, its neighbours'
// are drawn from all others without replacement), full for the global one. With r of B draws at least as extreme as what
// was observed, p = (r+1)/(B+1). P is two-sided: extreme is what lies as far from the expectation under permutation, in
// either direction. Upper and Lower are the one-sided p, each counting ties. HOT, COLD and the corners of Moran's
// scatter plot are all looked for in both directions, so the classes are made from the two-sided p. (The smaller of
// Upper and Lower, which some programs print, says 0.05 for one area in ten where there is nothing.)
//
// Gi, Gi* and local Moran are, with x_i fixed, all straight lines in the sum of the neighbours' values, so one set of
// draws decides all three. Values become whole numbers first and sums are compared exactly, but for the rounding of that
// step: equal sums stay equal whatever the order, and the same seed gives the same p on every platform. Each
// area draws from a stream of its own, PCG(seed, (position+1)·0x9e3779b97f4a7c15), so no order and no parallel run
// changes an answer; the global statistic has the stream of position −1.
//
// With some forty areas the power is low: NOT_SIGNIFICANT is the usual answer and doesn't say that there is nothing.
package spatial
