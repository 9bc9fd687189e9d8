package dev.ringway.engine.httpfilters;

/**
 * How this process and its clusters do, for those who ask by a health check. Any thread.
 */
public final class ServiceHealth
{
    private static final Clusters NONE = new Clusters()
    {
        public int total(final int clusterId)
        {
            return 0;
        }

        public int available(final int clusterId)
        {
            return 0;
        }
    };

    private volatile boolean isFailing;
    private volatile Clusters clusters = NONE;

    /** Counts endpoints of clusters. Any thread. */
    public interface Clusters
    {
        /**
         * @param clusterId of a cluster.
         * @return endpoints that it has.
         */
        int total(int clusterId);

        /**
         * @param clusterId of a cluster.
         * @return those of them that are healthy or degraded.
         */
        int available(int clusterId);
    }

    /**
     * @param counts from now on.
     */
    public void clusters(final Clusters counts)
    {
        clusters = counts;
    }

    /**
     * @param fails whether whoever asks is told so; told by the administration interface.
     */
    public void failing(final boolean fails)
    {
        isFailing = fails;
    }

    boolean isFailing()
    {
        return isFailing;
    }

    Clusters clusters()
    {
        return clusters;
    }
}
