// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.pattern;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BytePatternTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            value = {
                "^[A-Z]{2}$ ~AB  ~true",
                "^[A-Z]{2}$ ~ABC ~false",
                "a|bc       ~bc  ~true",
                "a|bc       ~abc ~false",
                "(a|b)*c  ~ababc ~true",
                "x{2,3}    ~xxxx ~false",
                "x{2,}     ~xxxx ~true",
                "(?:ab){2}?~abab ~true",
                "[^a-c]+   ~xyz  ~true",
                "[^a-c]+   ~xaz  ~false",
                "\\d+\\.\\d+~1.25~true",
                "[a-]      ~-    ~true",
                "\\x41     ~A    ~true",
                "a.c       ~abc  ~true",
                "a.c       ~aéc  ~false",
                "é|a       ~a    ~unsupported",
                "a{1001}   ~a    ~unsupported",
                "(?i)a     ~A    ~unsupported",
                "\\bA      ~A    ~unsupported",
                "a$b       ~ab   ~unsupported",
                "[[:alpha:]]~a   ~unsupported",
                "a**       ~a    ~unsupported",
                "(a        ~a    ~unsupported",
                "a)        ~a    ~unsupported"
            })
    void matchesTheWholeInputOrSaysThatItCannot(String pattern, String text, String expected) {
        String result;
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            result = String.valueOf(BytePattern.compile(pattern).matches(bytes, 0, bytes.length));
        } catch (UnsupportedPatternException e) {
            assertThat(e).hasMessageContaining("`" + pattern + "`");
            result = "unsupported";
        }
        assertThat(result).isEqualTo(expected);
    }

    @Test
    void matchesInTheMiddleOfABuffer() throws Exception {
        byte[] bytes = "xxabcxx".getBytes(StandardCharsets.UTF_8);
        assertThat(BytePattern.compile("abc").matches(bytes, 2, 5)).isTrue();
        assertThat(BytePattern.compile("abc").matches(bytes, 2, 6)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"((a{30}){30}){30}", "(a{600}|b{600}){600}", "[ab]*a[ab]{15}"})
    void aPatternThatWouldFillTheMemoryIsRefused(String pattern) {
        assertThatExceptionOfType(UnsupportedPatternException.class).isThrownBy(() -> BytePattern.compile(pattern));
    }

    @Test
    void whatItMatchesRe2Matches() {
        long seed = Long.getLong("hippo.seed", new Random().nextLong());
        Random random = new Random(seed);
        int compiled = 0;
        int matched = 0;
        for (int i = 0; i < 3_000; i++) {
            String pattern = pattern(random, 0);
            BytePattern ours;
            try {
                ours = BytePattern.compile(pattern);
            } catch (UnsupportedPatternException e) {
                continue;
            }
            compiled++;
            Pattern theirs = re2(seed, pattern);
            for (int j = 0; j < 20; j++) {
                String text = text(random);
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                boolean match = ours.matches(bytes, 0, bytes.length);
                boolean ascii = text.chars().allMatch(c -> c < 128);
                matched += match ? 1 : 0;
                String where = "seed " + seed + ": `" + pattern + "` on '" + text + "'";
                assertThat(match && !theirs.matches(text)).as(where).isFalse();
                assertThat(ascii && !match && theirs.matches(text)).as(where).isFalse();
            }
        }
        System.out.printf("seed %d: %d patterns, %d matches%n", seed, compiled, matched);
        assertThat(compiled).isGreaterThan(500);
        assertThat(matched).isGreaterThan(500);
    }

    private static Pattern re2(long seed, String pattern) {
        try {
            return Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new AssertionError("seed " + seed + ": we read `" + pattern + "` and RE2 refuses it", e);
        }
    }

    private static String pattern(Random random, int depth) {
        StringBuilder pattern = new StringBuilder();
        for (int i = random.nextInt(4); i >= 0; i--) {
            String piece = switch (random.nextInt(depth > 2 ? 7 : 10)) {
                case 0 -> "a";
                case 1 -> "[ab]";
                case 2 -> "[^a-b1]";
                case 3 -> "\\" + "dwsDWS.-".charAt(random.nextInt(8));
                case 4 -> ".";
                case 5 -> String.valueOf("ab1-\n^$*]{}é[/_".charAt(random.nextInt(15)));
                case 6 -> "[" + "ab-1\\]^[&".charAt(random.nextInt(9)) + "ab-1\\]^[&".charAt(random.nextInt(9)) + "]";
                case 7 -> "(?:" + pattern(random, depth + 1) + ")";
                case 8 -> "(" + pattern(random, depth + 1) + "|" + pattern(random, depth + 1) + ")";
                default -> "(" + pattern(random, depth + 1) + ")";
            };
            String count = switch (random.nextInt(8)) {
                case 0 -> "*";
                case 1 -> "+?";
                case 2 -> "?";
                case 3 -> "{" + random.nextInt(3) + "," + random.nextInt(4) + "}";
                case 4 -> "{" + random.nextInt(3) + ",}";
                case 5 -> "{2}";
                default -> "";
            };
            pattern.append(piece).append(count);
        }
        return pattern.toString();
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(6); i > 0; i--) {
            text.append(random.nextInt(20) == 0 ? "é" : String.valueOf("aab1-\n^$*]. _".charAt(random.nextInt(13))));
        }
        return text.toString();
    }
}
