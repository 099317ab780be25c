package postgis

import (
	"context"
	"iter"

	"github.com/jackc/pgx/v5"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// publishEdition goes once through all of an edition's contents, in the order of the content hash. It sets the hash and
// the counts and the sums of record keys in e, and leaves the record keys in the temporary table record_key.
func publishEdition(ctx context.Context, tx pgx.Tx, e *edition, o registry.PublishOptions) error {
	hash := registry.NewContentHash()
	areas, err := queryAreas(ctx, tx, e.ID)
	if err != nil {
		return err
	}
	for i := range areas {
		hash.Area(&areas[i])
	}
	if err := hashHouseholds(ctx, tx, e, hash, o); err != nil {
		return err
	}
	indicators, err := queryIndicators(ctx, tx, e.ID)
	for i := range indicators {
		hash.Indicator(&indicators[i])
	}
	if err != nil {
		return err
	}
	successions, err := querySuccessions(ctx, tx, e.ID)
	for i := range successions {
		hash.Succession(&successions[i])
	}
	e.ContentHash = hash.Hex()
	return err
}

// idKey is a household with its record key and its place on a Hilbert curve round the earth, 0 without a location.
type idKey struct {
	id    registry.HouseholdID
	key   registry.RecordKey
	place int64
}

// placeOf halves the index, which is of 64 bits, to fit a bigint.
func placeOf(h *registry.Household) int64 {
	if !h.Located {
		return 0
	}
	return int64(geo.Hilbert(uint32(h.Point.Lon)^1<<31, uint32(h.Point.Lat)^1<<31) >> 1)
}

func hashHouseholds(ctx context.Context, tx pgx.Tx, e *edition, hash *registry.ContentHash, o registry.PublishOptions) error {
	if _, err := tx.Exec(ctx, "CREATE TEMPORARY TABLE record_key (id uuid, key_1 int, key_2 int, place bigint) ON COMMIT DROP"); err != nil {
		return err
	}
	progress := o.Progress
	if progress == nil {
		progress = func(int64) {}
	}
	var h registry.Household
	var n counts
	var all, located registry.Tally // for the sums of record keys
	var keys []idKey
	err := fetch(ctx, tx, func(row [][]byte) error {
		readHousehold(&h, row)
		hash.Household(&h)
		n.add(&h)
		key := o.Secrets.RecordKey(h.ID)
		all.Add(0, key)
		if h.Located {
			located.Add(0, key)
		}
		keys = append(keys, idKey{h.ID, key, placeOf(&h)})
		return nil
	}, func() error {
		err := insertKeys(ctx, tx, keys)
		keys = keys[:0]
		progress(n.households)
		return err
	}, selectHouseholds("", e.households())+" ORDER BY h.id")
	e.Households, e.People, e.Located = n.households, n.people, n.located
	e.Keys, e.LocatedKeys = all.Keys, located.Keys
	if err == nil {
		_, err = tx.Exec(ctx, "ANALYZE record_key")
	}
	return err
}

func insertKeys(ctx context.Context, tx pgx.Tx, keys []idKey) error {
	var all iter.Seq2[idKey, error] = func(yield func(idKey, error) bool) {
		for _, k := range keys {
			if !yield(k, nil) {
				return
			}
		}
	}
	_, err := load(ctx, tx, "record_key", []string{"id", "key_1", "key_2", "place"}, all, func(dst []byte, k *idKey) ([]byte, error) {
		dst = appendBytes(dst, k.id[:])
		return appendInt64(appendInt32(appendInt32(dst, int32(k.key[0])), int32(k.key[1])), k.place), nil
	})
	return err
}
