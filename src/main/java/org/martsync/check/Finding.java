package org.martsync.check;

/**
 * Something that somebody should know before the next event leaves.
 *
 * @param mapping the mapping's name, or null where it is none's
 * @param subject what it is about within that mapping: columns, a table, an id; null where there is but one of its code
 * @param sentence what is the case; quotes no value of a patient, and of a mapping only names of tables, columns and ids
 * @param advice what to do
 * @param events how many pending events it holds back, or touches where it holds none back
 * @param example a case of it, which may quote a patient's values and what a mapping says; or null
 */
public record Finding(Code code, String mapping, String subject, String sentence, String advice, long events, String example) {

    /** What follows from it; of what lies with one mapping alone, no more than that its events are held back. */
    public Code.Weight weight() {
        return mapping != null && code.weight() == Code.Weight.STOPS ? Code.Weight.HOLDS_BACK : code.weight();
    }

    /** Of no mapping, and touching no event in particular. */
    static Finding of(Code code, String sentence, String advice) {
        return new Finding(code, null, null, sentence, advice, 0, null);
    }

    /** The same, holding back so many pending events. */
    Finding holding(long held) {
        return new Finding(code, mapping, subject, sentence, advice, held, example);
    }

    /** What is the case and what to do, without a patient's values, in one line for the log. */
    public String line() {
        return (mapping == null ? "" : "mapping " + mapping + ": ") + sentence + " " + advice;
    }
}
