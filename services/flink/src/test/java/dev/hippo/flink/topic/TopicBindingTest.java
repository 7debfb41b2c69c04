// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicBindingTest {
    private static TopicBinding binding(String pipeline, String hippo, String topic) {
        return new TopicBinding(
                topic,
                topic + ".rejected",
                new byte[0],
                "shop.v1.Order",
                List.of(),
                null,
                false,
                true,
                TopicBinding.Start.EARLIEST,
                Map.of(),
                pipeline,
                hippo);
    }

    @Test
    void noTwoStepsOrSinksShareAName() {
        List<TopicBinding> alike = List.of(
                binding("a-b", "c", "d"),
                binding("a", "b-c", "d"),
                binding("a", "b", "c-d"),
                binding("a", "b", "c.d"),
                binding("a", "b-c", "c.d"));
        assertThat(alike).extracting(TopicBinding::transactions).doesNotHaveDuplicates();
        assertThat(binding("a-b", "c", "d").step())
                .isNotEqualTo(binding("a", "b-c", "d").step());
    }

    @Test
    void aStepNamesItsEventsAsTheDoorDoes() {
        assertThat(binding("shop", "sums", "totals").source()).isEqualTo("hippo/shop/sums");
    }
}
