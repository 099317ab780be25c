package postgis

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"

	"kantong/internal/geo"
	"kantong/internal/registry"
)

// TestServerRole does everything a server does as a user who may create nothing, on tables that another user owns.
func TestServerRole(t *testing.T) {
	needServer(t)
	admin := os.Getenv(databaseVariable)
	owner, server := "kantong_owner_"+strings.ToLower(rand.Text()), "kantong_server_"+strings.ToLower(rand.Text())
	for _, role := range []string{owner, server} {
		if err := onServer(t.Context(), admin, "CREATE ROLE "+role+" LOGIN PASSWORD 'test'"); err != nil {
			t.Skipf("the test database does not let this user create roles: %v", err)
		}
		t.Cleanup(func() {
			if err := onServer(context.Background(), admin, "DROP ROLE "+role); err != nil {
				t.Error(err)
			}
		})
	}
	database := newDatabase(t, "OWNER "+owner)
	as := func(role string) string {
		u, err := url.Parse(database)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(role, "test")
		return u.String()
	}
	wantCode(t, "migrating without PostGIS", Migrate(t.Context(), as(owner)), registry.CodeConflict)
	if err := onServer(t.Context(), database, "CREATE EXTENSION postgis"); err != nil {
		t.Fatal(err)
	}
	if err := Migrate(t.Context(), as(owner)); err != nil {
		t.Fatal(err)
	}
	_, err := Open(t.Context(), as(server))
	wantCode(t, "a user without rights", err, registry.CodeConflict)
	if err := onServer(t.Context(), as(owner), "SELECT kantong.grant_server('"+server+"')"); err != nil {
		t.Fatal(err)
	}

	s := openStore(t, as(server))
	c := cityContents(61, 40)
	c.publish(t, s, "e")
	if err := c.put(t.Context(), openStore(t, as(owner)), "draft"); err != nil {
		t.Fatal(err)
	}
	// What the owner began, the server may go on with.
	if err := s.PutHouseholds(t.Context(), "draft", &registry.Import{Append: true}, many(c.households, 10)); err != nil {
		t.Error(err)
	}
	points := []registry.HouseholdPoint{{Household: c.households[0].ID, Point: geo.PointE7{Lon: 1061000000, Lat: -21000000}}}
	if err := s.PutPoints(t.Context(), "draft", &registry.Import{Append: true}, values(points)); err != nil {
		t.Error(err)
	}
	if _, err := s.Publish(t.Context(), "draft", "", registry.PublishOptions{Now: testTime}); err != nil {
		t.Error(err)
	}
	if err := s.CreateRelease(t.Context(), "e", registry.Release{ID: "r"}); err != nil {
		t.Error(err)
	}
	if _, err := s.Publish(t.Context(), "e", "r", registry.PublishOptions{Now: testTime}); err != nil {
		t.Error(err)
	}
	if err := c.put(t.Context(), s, "gone"); err != nil {
		t.Error(err)
	}
	if err := s.Discard(t.Context(), "gone", ""); err != nil {
		t.Error(err)
	}
	if err := s.Ledger().AddKey(t.Context(), registry.APIKey{ID: "k", CreatedAt: testTime}); err != nil {
		t.Error(err)
	}
	if err := s.Ledger().RevokeKey(t.Context(), "k", testTime); err != nil {
		t.Error(err)
	}
	useLedger(t, s.Ledger())
	for _, area := range []registry.AreaCode{"19.71.01.1001", "19.71.01.1001", "19.71.01.1003"} {
		if err := s.AddBlocks(t.Context(), []registry.BlockTree{{Area: area}}); err != nil {
			t.Error(err)
		}
	}
	for _, print := range []string{"0123", "4567"} {
		if err := s.SetFingerprints(t.Context(), map[string]string{"record": print}); err != nil {
			t.Error(err)
		}
	}
	if got := len(collect(t, s.Records(t.Context(), "e"))); got != len(c.households) {
		t.Errorf("%d households", got)
	}

	e := editions(t, s)
	for _, text := range []string{
		"CREATE TABLE kantong.mine (n int)",
		"DELETE FROM kantong.household",
		"UPDATE kantong.household_state SET decile = 1",
		"DROP TABLE kantong.enrolment",
		"INSERT INTO kantong.enrolment SELECT * FROM kantong.enrolment",
		"DELETE FROM kantong.api_key",
		"UPDATE kantong.audit SET rows = 0",
		"DELETE FROM kantong.audit",
		"TRUNCATE kantong.audit",
		"ALTER TABLE kantong.audit DISABLE TRIGGER audit_only_grows",
		"SET session_replication_role = replica",
		"UPDATE kantong.spending SET cells = ''",
		"DELETE FROM kantong.spending",
		"DELETE FROM kantong.job",
		"DELETE FROM kantong.block_tree",
		"UPDATE kantong.block_tree SET tree = '{}'",
		"INSERT INTO kantong.migration (version_id, is_applied) VALUES (99, true)",
		"SELECT kantong.drop_household_table('" + e[0].ID + "')",
		"INSERT INTO kantong.household_1 SELECT * FROM kantong.household_1",
		"UPDATE kantong.household_1 SET lon_e7 = 1",
		"UPDATE kantong.household_3 SET lon_e7 = 1",
		"INSERT INTO kantong.match_key_1 SELECT * FROM kantong.match_key_1",
		"DELETE FROM kantong.match_key_1",
	} {
		if _, err := s.pool.Exec(t.Context(), text); err == nil {
			t.Errorf("the server may: %s", text)
		}
	}
}

// useLedger does what a server does with the ledger besides adding and revoking keys.
func useLedger(t *testing.T, l registry.Ledger) {
	t.Helper()
	c, account := registry.Change{KeyID: "k", ClientID: "c", At: testTime}, registry.Account{Organisation: "o"}
	_, auditErr := l.AppendAudit(t.Context(), someEntries(2))
	_, _, beginErr := l.BeginChange(t.Context(), c)
	for what, err := range map[string]error{
		"ExpireKey":   l.ExpireKey(t.Context(), "k", testTime),
		"AppendAudit": auditErr,
		"Spend":       l.Spend(t.Context(), account, []uint64{1}),
		"BeginChange": beginErr,
		"EndChange":   l.EndChange(t.Context(), c.KeyID, c.ClientID, []byte("1")),
		"DropChange":  l.DropChange(t.Context(), c.KeyID, c.ClientID),
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	if log, err := l.Audit(t.Context(), 0, 10); err != nil || len(log) != 2 {
		t.Errorf("%d lines of the log, %v", len(log), err)
	}
	if cells, _, err := l.Spent(t.Context(), account, 0); err != nil || len(cells) != 1 {
		t.Errorf("%d cells spent, %v", len(cells), err)
	}
}
