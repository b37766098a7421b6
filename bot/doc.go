// Package bot is the desk: its words and its rules, one noun a file.
//
// Two sentences hold it together.
//
//  1. Everything that comes from outside is an [Event]: stored in the inbox
//     before it is acknowledged, handled in one write transaction.
//  2. Everything that goes outside and must not be lost is a [Delivery]:
//     stored in the outbox by that same transaction, sent after it commits.
//
// The package holds no loop, no socket and no SQL. bot/engine carries events in
// and deliveries out, storage keeps them, adapters know the outside, commands
// say what people can ask for. The seams between them are [Adapter], [Desk],
// [Store] and [Command].
package bot
