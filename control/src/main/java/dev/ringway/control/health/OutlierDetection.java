package dev.ringway.control.health;

/**
 * When endpoints are ejected for their answers. Envoy: {@code config.cluster.v3.OutlierDetection}. Times in
 * nanoseconds; enforcing says in percent how often what is found leads to an ejection.
 *
 * @param consecutive5xx     errors in a row (default 5).
 * @param consecutiveGateway gateway errors in a row (default 5).
 * @param intervalNs         between looks at rates, and at who may come back (default 10 s).
 * @param baseNs             first time of an ejection, and what each further one is longer (default 30 s).
 * @param mostNs             longest time of an ejection (default 300 s, or the first one's).
 * @param jitterNs           most that is added to it (default 0).
 * @param mostPercent        most endpoints that are ejected at a time (default 10).
 * @param alwaysOne          whether one may be in any case.
 * @param enforcing5xx       for errors in a row (default 100).
 * @param enforcingGateway   for gateway errors in a row (default 0).
 * @param successRate        of endpoints whose success is far below that of the others.
 * @param stdevFactor        how far: so many thousandths of the standard deviation below the mean (default 1900).
 * @param failures           of endpoints with too many failures.
 * @param failurePercent     how many are too many (default 85).
 * @param local              of what is no answer of theirs, or null where that counts among their answers.
 */
public record OutlierDetection(
    int consecutive5xx,
    int consecutiveGateway,
    long intervalNs,
    long baseNs,
    long mostNs,
    long jitterNs,
    int mostPercent,
    boolean alwaysOne,
    int enforcing5xx,
    int enforcingGateway,
    Rate successRate,
    int stdevFactor,
    Rate failures,
    int failurePercent,
    Local local)
{
    /**
     * When they are ejected for not answering, or not being there ({@code split_external_local_origin_errors}).
     *
     * @param consecutive        in a row (default 5).
     * @param enforcing          for those in a row (default 100).
     * @param enforcingRate      for success far below that of the others (default 100).
     * @param enforcingFailures  for too many failures (default 0).
     */
    public record Local(int consecutive, int enforcing, int enforcingRate, int enforcingFailures)
    {
    }

    /**
     * When there are requests enough to speak of rates.
     *
     * @param enforcing    in percent.
     * @param minimumHosts endpoints with so many requests.
     * @param volume       requests of one in an interval.
     */
    public record Rate(int enforcing, int minimumHosts, int volume)
    {
    }
}
