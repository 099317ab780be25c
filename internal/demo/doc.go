// Package demo makes a city's registry of households that do not exist: a synthetic edition to try the program with.
// No row stands for a family; what it imitates are the orders of magnitude and the shape of the problem, not the truth
// about any kelurahan. Whoever stores it must mark the edition synthetic.
//
// Poverty is a hidden number of every household, higher in some kelurahan and in a few of their hamlets. Deciles,
// deprivations and spending follow from it with noise, and each kecamatan has a character of its own (river, coast,
// edge of the city, old town, schooling), so that different programmes matter in different places. Enrolments follow
// the programmes' rules with errors of both kinds that differ by kelurahan and hamlet.
//
// The same options give the same rows in the same order. Each household is made alone from its number, so a stream
// needs no memory that grows with the city, while totals of households, people and missing locations are exact.
package demo
