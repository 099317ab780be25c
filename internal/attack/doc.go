// Package attack holds programs that attack the disclosure guard through a running server: as the public and as a partner,
// over GraphQL and nothing else. Only the referee of each attack knows the truth, and every attack is first made with a
// planner's key, where it must succeed: an attack that finds nothing in exact figures would prove nothing. There is no
// program code here, tests only.
package attack
