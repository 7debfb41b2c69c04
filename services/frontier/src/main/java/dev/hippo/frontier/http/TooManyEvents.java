// SPDX-License-Identifier: Apache-2.0
package dev.hippo.frontier.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.hippo.frontier.publish.Publisher;

/** A request has more events than are taken at once. Told while they are counted: a small body may hold millions of empty ones. */
final class TooManyEvents extends JsonProcessingException {
    private static final long serialVersionUID = 1L;

    private TooManyEvents() {
        super("the body holds more than " + Publisher.MOST_EVENTS
                + " events; send fewer at once, or use PublishStream, which has no end");
    }

    /** Throws if no more may come. */
    static void check(int events) throws TooManyEvents {
        if (events >= Publisher.MOST_EVENTS) {
            throw new TooManyEvents();
        }
    }
}
