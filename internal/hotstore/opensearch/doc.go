// Package opensearch keeps the hot index in OpenSearch 2.x or 3.x, in Amazon OpenSearch Service, or in a SEARCH collection
// of Amazon OpenSearch Serverless.
//
// Documents lie in indices named after the time of the event (rrpairs-2026.11.20, or rrpairs-2026.11.20.15 by the hour),
// so that late and rehydrated pairs go where they belong and a document written twice meets itself: its _id is the
// uuid, and it is only ever created. Only dimensions are indexed; what is kept besides lies in _source and nowhere
// else.
package opensearch
