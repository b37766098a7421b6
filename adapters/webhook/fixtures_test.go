package webhook_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// The bodies here are written after the documentation of Alertmanager's webhook,
// version 4.

const diskFiring = `{
  "receiver": "desk", "status": "firing", "version": "4",
  "groupKey": "{}:{alertname=\"DiskFull\"}", "truncatedAlerts": 0,
  "groupLabels": {"alertname": "DiskFull"},
  "commonLabels": {"alertname": "DiskFull", "severity": "critical"},
  "commonAnnotations": {},
  "externalURL": "http://alertmanager.example:9093",
  "alerts": [
    {"status": "firing",
     "labels": {"alertname": "DiskFull", "instance": "db-1", "severity": "critical"},
     "annotations": {"summary": "billing-db: disk 91%, full in about 3 h", "description": "It grows by 3% an hour."},
     "startsAt": "2026-03-03T02:41:07.113Z", "endsAt": "0001-01-01T00:00:00Z",
     "generatorURL": "https://prometheus.example/graph?g0.expr=disk", "fingerprint": "b7f1c1f4a5d0e3aa"},
    {"status": "firing",
     "labels": {"alertname": "DiskFull", "instance": "db-2", "severity": "critical"},
     "annotations": {},
     "startsAt": "2026-03-03T02:44:00Z", "endsAt": "0001-01-01T00:00:00Z",
     "generatorURL": "", "fingerprint": "0c5bd6a7f1b2c3d4"}
  ]}`

const diskPartial = `{
  "receiver": "desk", "status": "firing", "version": "4",
  "groupKey": "{}:{alertname=\"DiskFull\"}", "truncatedAlerts": 3,
  "groupLabels": {"alertname": "DiskFull"}, "commonLabels": {"alertname": "DiskFull"}, "commonAnnotations": {},
  "externalURL": "http://alertmanager.example:9093",
  "alerts": [
    {"status": "resolved",
     "labels": {"alertname": "DiskFull", "instance": "db-1", "severity": "critical"},
     "annotations": {"summary": "billing-db: disk 91%, full in about 3 h"},
     "startsAt": "2026-03-03T02:41:07.113Z", "endsAt": "2026-03-03T03:22:00Z",
     "generatorURL": "https://prometheus.example/graph?g0.expr=disk", "fingerprint": "b7f1c1f4a5d0e3aa"},
    {"status": "firing",
     "labels": {"alertname": "DiskFull", "instance": "db-2", "severity": "critical"},
     "annotations": {},
     "startsAt": "2026-03-03T02:44:00Z", "endsAt": "0001-01-01T00:00:00Z",
     "generatorURL": "", "fingerprint": "0c5bd6a7f1b2c3d4"}
  ]}`

// storm is a report of n alerts, as small as Alertmanager writes them.
func storm(n int) []byte {
	alerts := make([]string, n)
	for i := range alerts {
		alerts[i] = fmt.Sprintf(`{"status":"firing","labels":{"alertname":"X","i":"%d"},"fingerprint":"%x"}`, i, i)
	}
	return []byte(`{"status":"firing","groupKey":"g","alerts":[` + strings.Join(alerts, ",") + `]}`)
}

// list is a JSON list of n equal elements.
func list(element string, n int) string {
	return "[" + strings.TrimSuffix(strings.Repeat(element+",", n), ",") + "]"
}

func mustJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(b)
}

var arrived = time.Date(2026, 3, 3, 4, 0, 0, 0, time.UTC)
