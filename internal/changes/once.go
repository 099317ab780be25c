package changes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"kantong/internal/registry"
)

// order is what is asked for.
type order struct {
	who       registry.Viewer
	clientID  string
	action    string
	arguments any // written as JSON they tell whether two orders are the same
}

// once makes a change, or gives the outcome of the same change made before. again says that it was begun before and may
// have been made: do must then leave things as if it had been made once. What do gives back is recorded as JSON.
func once[Outcome any](ctx context.Context, d *Desk, o order, do func(ctx context.Context, again bool) (Outcome, error)) (outcome Outcome, err error) {
	request, err := o.hash()
	if err != nil {
		return outcome, err
	}
	done, err := d.turns.take(ctx, changeID{o.who.KeyID, o.clientID})
	if err != nil {
		return outcome, err
	}
	defer done()
	change, fresh, err := d.with.Ledger.BeginChange(ctx, registry.Change{KeyID: o.who.KeyID, ClientID: o.clientID, Request: request, At: d.with.Now()})
	switch {
	case err != nil:
		return outcome, err
	case change.Request != request:
		return outcome, registry.Conflict("clientId", "%q is the id of another change; choose a new one for each", o.clientID)
	case change.Result != nil:
		return outcome, json.Unmarshal(change.Result, &outcome)
	}
	ctx = context.WithoutCancel(ctx) // half a change helps nobody
	if outcome, err = do(ctx, !fresh); err != nil {
		d.drop(ctx, o, err)
		return outcome, err
	}
	d.end(ctx, o, outcome)
	return outcome, nil
}

// hash checks the client's id and gives the hash of what is asked for.
func (o *order) hash() (string, error) {
	if err := registry.CheckClientID("clientId", o.clientID); err != nil {
		return "", err
	}
	text, err := json.Marshal([]any{o.action, o.arguments})
	if err != nil {
		return "", registry.Invalid("", "can't be stored: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// drop forgets a change that was refused. After any other failure nobody knows whether it was made, so it stays begun.
func (d *Desk) drop(ctx context.Context, o order, err error) {
	switch registry.CodeOf(err) {
	case registry.CodeUnavailable, registry.CodeInternal:
		return
	}
	if err := d.with.Ledger.DropChange(ctx, o.who.KeyID, o.clientID); err != nil {
		d.with.Log(ctx, "the refused change "+o.clientID+" could not be forgotten", err)
	}
}

// end records the outcome. The change is made, so a failure is only logged: asked again, it is made once more.
func (d *Desk) end(ctx context.Context, o order, outcome any) {
	text, err := json.Marshal(outcome)
	if err == nil {
		err = d.with.Ledger.EndChange(ctx, o.who.KeyID, o.clientID, text)
	}
	if err != nil {
		d.with.Log(ctx, "the outcome of the change "+o.clientID+" could not be recorded", err)
	}
}
