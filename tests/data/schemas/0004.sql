-- Curves are stored with the losses.
update studies set curve = array[(visible)[1][1], (visible)[2][1]]::real[];
update submissions set curve = '{0.625,0.375}' where state = 'scored';
