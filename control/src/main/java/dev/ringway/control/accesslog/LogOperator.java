package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessRecord;

/**
 * One step of a compiled format. Log thread only; allocates nothing.
 */
@FunctionalInterface
interface LogOperator
{
    /**
     * @param record to be printed.
     * @param line   gets the text.
     */
    void append(AccessRecord record, LogLine line);
}
