// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.store;

/**
 * Where a record stands.
 *
 * @param topicId tells a topic from one of the same name that was made anew
 */
public record RecordPlace(String topic, String topicId, int shard, long offset) {}
