package org.martsync.mapping;

/**
 * A mapping that nothing can be sent by. The message is a sentence for the person who keeps the mappings: it names the mapping, says
 * what is wrong and what to do.
 */
public class InvalidMapping extends RuntimeException {

    InvalidMapping(String message) {
        super(message);
    }
}
