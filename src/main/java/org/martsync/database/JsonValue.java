package org.martsync.database;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** What a statement takes or gives as JSON: many rows in one parameter, many values in one column. */
public final class JsonValue {

    /** A double would lose the digits of a number behind the fifteenth. */
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private JsonValue() {
    }

    /** Writes names, numbers, texts, and lists and maps of these. */
    public static String write(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("names, numbers and texts can be written as JSON", e);
        }
    }

    /** Reads a column that a statement made; null where it is null. */
    public static <T> T read(Object column, TypeReference<T> type) {
        try {
            return column == null ? null : JSON.readValue((String) column, type);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL writes JSON that can be read", e);
        }
    }

    /** Reads a column whatever is in it. */
    public static JsonNode read(Object column) {
        return read(column, new TypeReference<>() { });
    }
}
