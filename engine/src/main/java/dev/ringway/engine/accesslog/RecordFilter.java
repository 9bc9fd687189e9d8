package dev.ringway.engine.accesslog;

/**
 * Says which records an access log gets. Envoy: {@code config.accesslog.v3.AccessLogFilter}. Asked by the log thread:
 * a record that no log takes has been handed over all the same.
 */
@FunctionalInterface
public interface RecordFilter
{
    /** Takes all. */
    RecordFilter ALL = record -> true;

    /**
     * @param record finished.
     * @return whether it is printed.
     */
    boolean takes(AccessRecord record);
}
