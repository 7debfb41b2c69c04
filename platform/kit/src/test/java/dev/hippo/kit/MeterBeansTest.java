// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import javax.management.AttributeNotFoundException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MeterBeansTest {
    private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    private final MeterRegistry meters = new SimpleMeterRegistry();

    @AfterEach
    void removeAll() throws Exception {
        meters.clear();
        assertThat(server.queryNames(new ObjectName("dev.hippo:pipeline=\"shop, 1\",*"), null))
                .isEmpty();
    }

    private static ObjectName name(String more) throws Exception {
        return new ObjectName("dev.hippo:pipeline=\"shop, 1\",hippo=\"gate\"," + more);
    }

    @Test
    void aMeterIsSeenWhetherItWasThereBeforeOrCameLater() throws Exception {
        Counter before = meters.counter("hippo.events.in");
        MeterBeans.show(meters, "shop, 1", "gate");
        meters.timer("hippo.commit", "table", "flights").record(3, TimeUnit.SECONDS);
        before.increment(2);
        assertThat(server.getAttribute(name("name=\"hippo.events.in\""), "count"))
                .isEqualTo(2.0);
        ObjectName commit = name("name=\"hippo.commit\",table=\"flights\"");
        assertThat(server.getAttributes(commit, new String[] {"count", "total_time", "max", "other"})
                        .asList())
                .extracting(attribute -> attribute.getName() + "=" + attribute.getValue())
                .containsExactlyInAnyOrder("count=1.0", "total_time=3.0", "max=3.0");
        assertThat(server.getMBeanInfo(commit).getAttributes()).hasSize(3);
        assertThatThrownBy(() -> server.getAttribute(commit, "other")).isInstanceOf(AttributeNotFoundException.class);
    }
}
