// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.destination;

/**
 * How far a partition is in the database.
 *
 * @param topicId by which Kafka knows a topic from a later one of the same name
 * @param next the offset of the record to be read next
 */
record StoredOffset(String topicId, long next) {}
