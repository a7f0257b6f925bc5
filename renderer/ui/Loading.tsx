import { Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';

/** What is being loaded: a whole page, which then has no title of its own yet, what stands below a page's title, or a part of it. */
type Place = 'page' | 'below-title' | 'part';

/** Something is being loaded. Who hears the screen is told so; lines that stand for nothing are no headings. */
export function Loading({ place = 'part', rows = 3 }: { place?: Place; rows?: number }) {
  const { t } = useTranslation();
  const Title = place === 'page' ? 'h1' : 'p';
  return (
    <div role="status" style={place === 'part' ? {} : { padding: 24 }}>
      <Title className="only-for-readers">{t('loading')}</Title>
      <Skeleton active title={false} paragraph={{ rows }} />
    </div>
  );
}
