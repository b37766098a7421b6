// Package storagetest is the contract of bot.Store as tests, one list for every
// engine, and a real PostgreSQL to run them on.
package storagetest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"meridian/bot"
)

// Fixture is one database.
type Fixture struct {
	// Open opens another replica of it. A nil now is the engine's own clock. The
	// test closes the store.
	Open func(t testing.TB, now func() time.Time) bot.Store
	// Poison makes the database refuse every event of this key.
	Poison func(t testing.TB, key string)
	// Notices says that replicas hear of each other's commits.
	Notices bool
}

// Run tests the stores that fresh gives, each time a new database.
func Run(t *testing.T, fresh func(t testing.TB) Fixture) {
	for _, tt := range slices.Concat(deliveries(), contents()) {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			tt.test(t, fresh(t))
		})
	}
}

// part is one part of the contract.
type part struct {
	name string
	test func(t *testing.T, f Fixture)
}

// deliveries are the parts about transactions, the inbox and the outbox.
func deliveries() []part {
	return []part{
		{"ARollbackLeavesNothing", rollback},
		{"APanicRollsBackAndComesOutAsAnErrorWithItsStack", panics},
		{"ASavepointUndoesWhatItsFunctionWrote", savepoint},
		{"NestedSavepointsUndoOnlyTheirOwn", nestedSavepoints},
		{"AViewSeesOneMoment", oneMoment},
		{"ReplicasUpdateACounterAndLoseNothing", counter},
		{"ReplicasMigrateAtOnce", migrateAtOnce},
		{"WatchFiresForEveryCommitButNotForNothing", watch},
		{"WatchFiresForTheCommitOfAnotherReplica", watchOther},
		{"TheClockIsOneForTheWholeTransaction", oneClock},

		{"AKnownEventIsDropped", knownEvents},
		{"AGroupCommitSurvivesABadNeighbour", badNeighbour},
		{"AcceptTakesAllOrNone", allOrNone},
		{"CallersWithTheSameKeysInAnotherOrderAllSucceed", crossed},
		{"ACallerWhoGivesUpLeavesNothing", givesUp},
		{"NULAndInvalidUTF8BecomeTheReplacementCharacter", badText},
		{"EveryKindOfEventComesBackAsItWas", events},
		{"LargeRawBytesGoToABlob", largeRaw},
		{"EventsWaitFailDieAndAreReplayed", eventLife},
		{"AcceptedEventsMatchAModel", acceptModel},

		{"AKnownDeliveryIsDropped", knownDeliveries},
		{"ADeliveryComesBackAsItWas", deliveryRoundTrip},
		{"TheNewestOfACardWinsAndKeepsItsPlace", newestWins},
		{"TheRowAfterWhichAnotherGoesIsFound", after},
		{"ADeliveryHasTheEndOfItsKind", until},
		{"DeliveriesWaitStartFailAndAreReplayed", deliveryLife},
		{"OnlyAWaitingDeliveryIsDropped", drop},
		{"AReceiptLinksItsMessageToTheRequest", receipt},
	}
}

// contents are the parts about what the desk keeps.
func contents() []part {
	return []part{
		{"ARequestComesBackAsItWas", requestRoundTrip},
		{"RequestsAreChosen", chooseRequests},
		{"AStaleRequestIsNotSaved", staleRequest},
		{"NumbersLeaveNoGapWhenAnUpdateRollsBack", numbers},
		{"ARequestIsFoundByCardFirstMessageAndThread", requestAt},
		{"TheLastActIsFound", acts},
		{"CommentsAreFoundByRequestAndMessage", comments},
		{"ARequestIsFoundByTheMailsOfItsConversation", mails},
		{"MailsThatBecameRequestsAreCountedByDomain", mailsFiled},
		{"ADeliveryIsFoundByWhatItBecame", becameMail},
		{"APreferenceIsTheLastOneSaid", preferences},
		{"SwitchesLieOverTheConfiguration", switches},
		{"TheSampleDayIsBelowZeroAndGoesAwayWhole", sample},
		{"AlertsAreKeptByFingerprintAndGroup", alerts},

		{"RequestsAreFoundByTheirWords", find},
		{"TheIndexFollowsEditsAndForgetsWhatIsTakenBack", findFollows},
		{"AReplyIsFoundByTheClientOnceItHasLeft", findReplies},
		{"SimilarRequestsShareRareWords", findLike},
		{"WhatIsAlikeIsFoundAtOnceAndForgottenWhenUndone", findLikeNow},
		{"WhatIsFoundMatchesAPlainSearch", findModel},
		{"ContactsAreFound", contacts},
		{"ClientsOfTheStoreStandBesideThoseOfTheConfiguration", clients},

		{"WhatIsOverheardIsCountedAndForgotten", tallies},
		{"ArticlesAreFoundOnEveryReplicaOnceTheyAreThere", articles},
		{"AnArticleThatIsRolledBackIsFoundByNobody", articleRollback},
		{"SuggestionsAreKeptOnceAndTheirWordsForAWeek", suggestions},
		{"RemindersAreChosenAndForgottenWhenTheyAreOver", reminders},
		{"DigestsCountFromTheOneBefore", digests},
		{"WhatHasNotEndedStandsInOneGroup", groups},
		{"WhatCameOverIsInNoGroupUntilSomebodyActsOnIt", movedGroups},
		{"WhatWasFiledAndWhatEndedIsCountedByDay", days},
		{"WhatCameOverIsFiledOnTheDayOfTheFirstAct", movedDays},
		{"WhatHasRecoveredIsCounted", recovered},

		{"ADutyFencesAPausedHolder", duties},
		{"TimersFireInOrderAndPresumeSilenceOnlyOnceHeard", timers},
		{"HeardNeverGoesBack", heard},
		{"TheWebDesksMessagesAreKept", messages},
		{"WhatIsForeseenIsReadLikeWhatIsNot", foresee},
		{"TheAuditLogIsAChain", audit},
		{"BlobsComeBackAndAreKeptOnce", blobs},
		{"WhatIsPastItsRetentionIsSwept", sweep},
		{"BlobsThatNothingNamesAreSwept", sweepBlobs},
	}
}

// clock is a clock that only the test moves.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func (f Fixture) open(t testing.TB, now func() time.Time) bot.Store {
	t.Helper()
	s := f.Open(t, now)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// update runs fn in an Update that must succeed.
func update(t testing.TB, s bot.Store, fn func(tx bot.Tx) error) {
	t.Helper()
	if err := s.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// view runs fn in a View that must succeed.
func view(t testing.TB, s bot.Store, fn func(v bot.View) error) {
	t.Helper()
	if err := s.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func accept(t testing.TB, s bot.Store, events ...bot.Event) []int64 {
	t.Helper()
	ids, err := s.Accept(t.Context(), events...)
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func said(key string) bot.Event {
	return bot.Event{
		Source: "web", Key: key, Place: bot.Place{Adapter: "web", Channel: "support"}, Message: key,
		Actor: bot.Actor{ID: "web:owen", Name: "Owen"}, At: time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC), Body: bot.Said{Text: key},
	}
}

// waiting gives the keys of the waiting events, oldest first.
func waiting(t testing.TB, s bot.Store) (keys []string) {
	t.Helper()
	view(t, s, func(v bot.View) error {
		rows, err := v.WaitingEvents(100_000)
		if err != nil {
			return err
		}
		ids := make([]int64, len(rows))
		for i, r := range rows {
			ids[i] = r.ID
		}
		events, err := v.Events(ids...)
		for _, e := range events {
			keys = append(keys, e.Key)
		}
		return err
	})
	return keys
}

func newRequest(title string) bot.Request {
	home := bot.Place{Adapter: "web", Channel: "support"}
	return bot.Request{
		Title: title, Words: title, State: bot.New, Level: 1, Class: bot.Standard, Kind: bot.KindQuestion, Requester: "web:owen",
		Name: "Owen", Source: "web", Home: home, Desk: bot.Place{Adapter: "web", Channel: "desk"},
	}
}

func save(t testing.TB, s bot.Store, r bot.Request) bot.Request {
	t.Helper()
	update(t, s, func(tx bot.Tx) error { return tx.SaveRequest(&r) })
	return r
}

var errWanted = errors.New("wanted")

func wantIs(t testing.TB, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got the error %v, want %v", err, target)
	}
}

func same[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func sameList[T comparable](t testing.TB, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func numbered(prefix string, n int) string { return fmt.Sprintf("%s%d", prefix, n) }
