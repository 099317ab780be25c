package model

import (
	"strings"

	"kantong/internal/registry"
)

// ID is a global id taken apart: type, state, and the key within them.
type ID struct{ Type, State, Key string }

func (id ID) String() string { return id.Type + ":" + id.State + ":" + id.Key }

// ParseID takes a global id apart; NOT_FOUND for one that this server can't have given.
func ParseID(s string) (ID, error) {
	parts := strings.SplitN(s, ":", 3)
	if len(parts) != 3 {
		return ID{}, registry.NotFound("id", "%q is not an id of this server", s)
	}
	return ID{parts[0], parts[1], parts[2]}, nil
}

// Node is anything with a global id.
type Node interface{ IsNode() }
