// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The published documents say what the parser does. {@code -Dhippo.documents=write} writes them anew. */
class GrammarDocumentsTest {
    private static final Path DOCUMENTS = Path.of("..", "..", "docs");
    private static final String BEGIN = "<!-- keys: written by GrammarDocumentsTest -->\n\n";
    private static final String END = "<!-- end of keys -->\n";

    @Test
    void schemaIsTheGrammar() throws IOException {
        isPublished(DOCUMENTS.resolve("pipeline.schema.json"), GrammarSchema.text());
    }

    @Test
    void referencePageHoldsTheGrammar() throws IOException {
        Path page = DOCUMENTS.resolve("pipeline-file.md");
        String text = Files.readString(page);
        assertThat(text).contains(BEGIN).contains(END);
        String before = text.substring(0, text.indexOf(BEGIN) + BEGIN.length());
        isPublished(page, before + GrammarReference.text() + text.substring(text.indexOf(END)));
    }

    private static void isPublished(Path file, String text) throws IOException {
        if ("write".equals(System.getProperty("hippo.documents"))) {
            Files.writeString(file, text);
        }
        assertThat(file)
                .as("run this test with -Dhippo.documents=write after a change of the grammar")
                .hasContent(text);
    }
}
