package org.martsync.mapping;

import org.martsync.words.Words;

/**
 * A mapping that nothing can be sent by. The message is a sentence in the site's language, which its events are rejected with: it
 * names the mapping, says what is wrong and what to do.
 */
public class InvalidMapping extends RuntimeException {

    /**
     * @param words the sentence's name
     * @param values what is filled in, first the mapping's name
     */
    InvalidMapping(String words, Object... values) {
        super(Words.say(words, values));
    }
}
