// SPDX-License-Identifier: Apache-2.0
package dev.hippo.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HippoArgumentsTest {
    @Test
    void allOptionsAreRead() throws HippoFailure {
        assertThat(HippoArguments.parse(new String[] {
                    "--hippo", "gate", "--pipeline", "p.yaml", "--profile", "prod", "--state", "/srv/state"
                }))
                .isEqualTo(new HippoArguments(Path.of("p.yaml"), "gate", "prod", Path.of("/srv/state"), -1));
        assertThat(HippoArguments.parse(new String[] {"--pipeline", "p.yaml"}))
                .isEqualTo(new HippoArguments(Path.of("p.yaml"), null, null, null, -1));
    }

    @Test
    void aWrongCommandLineIsToldWithWhatIsRight() {
        assertThatThrownBy(() -> HippoArguments.parse(new String[] {"--hipo", "gate"}))
                .isInstanceOf(HippoFailure.class)
                .hasMessageContaining("unknown option --hipo")
                .hasMessageContaining("--hippo NAME");
        assertThatThrownBy(() -> HippoArguments.parse(new String[] {"--pipeline"}))
                .isInstanceOf(HippoFailure.class)
                .hasMessage("option --pipeline needs a value");
        assertThatThrownBy(() -> HippoArguments.parse(new String[] {}))
                .isInstanceOf(HippoFailure.class)
                .hasMessage("option --pipeline is missing");
    }
}
