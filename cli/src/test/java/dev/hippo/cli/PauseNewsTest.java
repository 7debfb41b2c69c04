// SPDX-License-Identifier: Apache-2.0
package dev.hippo.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hippo.wire.mission.HippoControl;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class PauseNewsTest {
    private static final Instant NOON = Instant.parse("2017-04-05T12:00:00Z");

    private final HippoControl none = HippoControl.none("ads", "nightly");

    @Test
    void aPauseIsToldOnceAndAnotherOneAgain() {
        PauseNews news = new PauseNews("nightly");
        assertThat(news.news(false)).isEmpty();
        news.heard(none.paused(true, NOON));
        assertThat(news.news(true)).isEmpty();
        assertThat(news.news(false).orElseThrow())
                .startsWith("'nightly' is paused since 2017-04-05 ")
                .endsWith(": the mission waits until 'hippo rules resume nightly'");
        assertThat(news.news(false)).isEmpty();
        news.heard(none);
        assertThat(news.news(false)).isEmpty();
        news.heard(none.paused(true, NOON.plusSeconds(9)));
        assertThat(news.news(false)).isPresent();
    }
}
